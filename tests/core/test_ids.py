import re
import uuid

import pytest
import time_machine

from marketplace.core.ids import random_base62, to_base62, uuid7


def test_an_id_tells_its_time_and_version():
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        made = uuid7()

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_795_514_400_000


def test_later_ids_are_greater():
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        earlier = [uuid7() for _ in range(100)]
        clock.shift(0.001)
        later = [uuid7() for _ in range(100)]

    assert max(earlier) < min(later)
    assert len({*earlier, *later}) == 200


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0000"), (61, "000z"), (62, "0010"), (62**4 - 1, "zzzz")]
)
def test_numbers_are_written_in_base_62(number, text):
    assert to_base62(number, 4) == text


def test_random_words_are_of_their_length_and_alphabet():
    words = {random_base62(30) for _ in range(100)}

    assert len(words) == 100
    assert all(re.fullmatch(r"[0-9A-Za-z]{30}", word) for word in words)


def test_ids_made_one_after_the_other_sort_in_that_order(monkeypatch):
    moments = iter(range(1_800_000_000_000_000_000, 1_800_000_000_003_000_000, 1_000))
    monkeypatch.setattr("marketplace.core.ids.time.time_ns", lambda: next(moments))

    made = [uuid7() for _ in range(3_000)]

    assert made == sorted(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
