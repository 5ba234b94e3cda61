"""Text grows by whole characters and never shows a stop string."""

import random

import pytest

from inference.runtimes.causal_lm.text import Detokenizer, StopFilter, TextStream
from tests.inference.runtimes.tiny_models import tiny_tokenizer

TOKENIZER = tiny_tokenizer()


def tokens_of(text: str) -> list[int]:
    return TOKENIZER.encode(text, add_special_tokens=False).ids


def pieces_of(text: str, *stops: str) -> list[str]:
    stream = TextStream(TOKENIZER.decode, stops)
    return [*(stream.push(token) for token in tokens_of(text)), stream.finish()]


def test_shows_text_as_it_comes() -> None:
    assert pieces_of("the in") == ["the", " ", "in", ""]


@pytest.mark.parametrize("text", ["æ", "€", "🦊", "a🦊b", "日本語", "e\u0301x"])
def test_never_splits_a_character(text: str) -> None:
    pieces = pieces_of(text)

    assert "".join(pieces) == text
    assert not any("\ufffd" in piece for piece in pieces)


def test_shows_a_fox_at_its_fourth_byte() -> None:
    assert pieces_of("🦊!") == ["", "", "", "🦊", "!", ""]


def test_shows_half_a_character_at_the_end_as_a_replacement() -> None:
    stream = TextStream(TOKENIZER.decode)
    shown = [stream.push(token) for token in tokens_of("a€")[:2]]

    assert shown == ["a", ""]
    assert stream.finish() == "\ufffd"
    assert stream.text == "a\ufffd"


def test_does_not_wait_forever_for_a_character() -> None:
    middle = tokens_of("€")[1]
    stream = Detokenizer(TOKENIZER.decode)

    shown = [stream.push(middle) for _ in range(8)]

    assert shown[:7] == [""] * 7
    assert shown[7] == "\ufffd" * 8


def test_keeps_the_spaces_of_a_decoder_that_trims() -> None:
    words = {1: " Hello", 2: " there", 3: " fox"}
    stream = Detokenizer(lambda ids: "".join(words[token] for token in ids).removeprefix(" "))

    assert [stream.push(token) for token in (1, 2, 3)] == ["Hello", " there", " fox"]


def test_cuts_before_a_stop_string() -> None:
    stops = StopFilter(["END"])

    assert stops.push("so it is. END of story") == "so it is. "
    assert stops.is_stopped
    assert stops.push("more") == ""


def test_keeps_back_what_may_begin_a_stop_string() -> None:
    stops = StopFilter(["\n\nUser:", "END"])

    assert [stops.push(text) for text in ("a\n", "\nUs", "es E", "N", "ough")] == [
        "a",
        "",
        "\n\nUses ",
        "",
        "ENough",
    ]
    assert not stops.is_stopped


def test_finds_a_stop_string_across_tokens() -> None:
    stops = StopFilter(["user:"])

    assert [stops.push(text) for text in ("Hi us", "us", "er", ": x")] == ["Hi ", "us", "", ""]
    assert stops.is_stopped


def test_takes_the_earliest_of_several_stops() -> None:
    assert StopFilter(["c", "b"]).push("abcd") == "a"


def test_gives_back_what_it_kept_when_the_text_ends() -> None:
    stops = StopFilter(["END"])

    assert stops.push("the E") == "the "
    assert stops.finish() == "E"


def test_stops_on_the_last_half_of_a_text() -> None:
    stream = TextStream(TOKENIZER.decode, ["\ufffd"])
    stream.push(tokens_of("€")[0])

    assert stream.finish() == ""
    assert stream.is_stopped


@pytest.mark.parametrize("seed", range(20))
def test_any_text_arrives_whole_and_stops_where_it_should(seed: int) -> None:
    draw = random.Random(seed)
    text = "".join(draw.choice("ab€🦊 the\n12") for _ in range(200))
    stop = "".join(draw.choice("ab€🦊 ") for _ in range(2))

    assert "".join(pieces_of(text)) == text
    assert "".join(pieces_of(text, stop)) == text.split(stop)[0]
