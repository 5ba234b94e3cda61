import re
import uuid

import pytest
import time_machine

from marketplace.core.ids import random_base62, to_base62, uuid7


def test_an_id_tells_its_time_and_version():
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        made = uuid7()

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert 0 <= (made.int >> 80) - 1_795_514_400_000 < 1_000


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


def test_ids_made_one_after_the_other_sort_in_that_order_also_when_the_clock_stands():
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        standing = [uuid7() for _ in range(3_000)]
    running = [uuid7() for _ in range(3_000)]

    assert standing == sorted(standing)
    assert running == sorted(running)
    assert {(one.version, one.variant) for one in running} == {(7, uuid.RFC_4122)}


def test_a_clock_that_was_set_back_is_followed():
    with time_machine.travel("2031-01-01T00:00:00Z", tick=False):
        uuid7()
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        made = uuid7()

    assert 0 <= (made.int >> 80) - 1_795_514_400_000 < 1_000
