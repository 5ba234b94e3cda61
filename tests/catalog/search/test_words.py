"""Words that no query language can mistake for its own."""

import pytest

from catalog.search import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Chat with an Otter", ["chat", "with", "an", "otter"]),
        ("SmolLM2-135M", ["smollm2", "135m"]),
        ("otter OTTER otter", ["otter"]),
        ("'; DROP TABLE", ["drop", "table"]),
        ("a_b", ["a", "b"]),
        ("Naïve 日本 ﬁn", ["naive", "日本", "fin"]),
        ("x\x00y", ["x", "y"]),
        ("\ud800", []),
        ("", []),
    ],
)
def test_keeps_letters_and_digits(text, words):
    assert words_of(text) == words


def test_a_long_text_becomes_few_short_words():
    assert words_of(" ".join(f"w{n}" for n in range(500))) == [f"w{n}" for n in range(16)]
    assert words_of("x" * 10_000) == ["x" * 48]
