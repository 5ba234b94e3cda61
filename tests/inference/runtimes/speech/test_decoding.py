"""Whisper's rules for what may come next, and the pieces read from what came."""

import pytest
import torch

from inference.runtimes.speech.config import TokenConfig
from inference.runtimes.speech.decoding import Piece, Rules, pieces_of, resume_at

TOKENS = TokenConfig(
    start=13, end=12, prompt=(), no_timestamps=14, suppressed=(2,), suppressed_at_begin=(12,)
)
FIRST = TOKENS.first_timestamp
SIZE = FIRST + 101
RULES = Rules(TOKENS, SIZE, "cpu")


def scores(**wanted: float) -> torch.Tensor:
    """Return scores of nothing but the named tokens: ``t3`` is a time, ``w3`` a word."""
    made = torch.full((SIZE,), -20.0)
    for name, score in wanted.items():
        made[int(name[1:]) + (FIRST if name[0] == "t" else 0)] = score
    return made


def test_a_window_begins_with_a_time_within_its_first_second() -> None:
    assert RULES.pick(scores(w1=9.0, t60=8.0, t3=2.0), []) == FIRST + 3


def test_a_beginning_is_followed_by_text() -> None:
    assert RULES.pick(scores(t4=9.0, w12=1.0, w5=0.5), [FIRST]) == 12
    assert RULES.pick(scores(t4=9.0, w5=0.5), [FIRST]) == 5


def test_an_end_is_followed_by_a_beginning_or_by_nothing() -> None:
    written = [FIRST, 5, FIRST + 7]

    assert RULES.pick(scores(w4=9.0, t7=2.0), written) == FIRST + 7
    assert RULES.pick(scores(w4=9.0, w12=3.0), written) == 12


def test_time_never_goes_back_and_a_piece_is_never_empty() -> None:
    assert RULES.pick(scores(t3=9.0, t4=1.0, w5=-9.0), [FIRST + 3, 5]) == FIRST + 4
    assert RULES.pick(scores(t2=9.0, t3=1.0), [FIRST, 5, FIRST + 3]) == FIRST + 3


def test_times_that_are_likelier_together_than_any_word_win() -> None:
    many = scores(w5=1.0, **{f"t{i}": 0.5 for i in range(10, 14)})

    assert RULES.pick(many, [FIRST, 5]) == FIRST + 10


def test_suppressed_and_special_tokens_are_never_written() -> None:
    assert RULES.pick(scores(w2=9.0, w13=9.0, w14=9.0, w6=1.0), [FIRST, 5]) == 6


def test_reads_pieces_with_their_times() -> None:
    written = [FIRST, 5, 6, FIRST + 50, FIRST + 60, 7, FIRST + 100]

    assert pieces_of(written, TOKENS) == [
        Piece((5, 6), 0.0, pytest.approx(1.0)),
        Piece((7,), pytest.approx(1.2), pytest.approx(2.0)),
    ]
    assert resume_at(written, TOKENS) is None


def test_a_piece_without_an_end_is_open() -> None:
    assert pieces_of([FIRST + 10, 5], TOKENS) == [Piece((5,), pytest.approx(0.2), None)]


def test_a_window_that_ends_with_a_beginning_goes_on_from_there() -> None:
    assert resume_at([FIRST, 5, FIRST + 50, FIRST + 50], TOKENS) == pytest.approx(1.0)
    assert resume_at([], TOKENS) is None
