"""The Prefer header."""

import pytest

from inference.api.prefer import Preference, read_preference


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", Preference()),
        ("respond-async", Preference(is_async=True)),
        ("Respond-Async, wait=10", Preference(is_async=True, wait_seconds=10.0)),
        ("wait", Preference()),
        ("wait=5", Preference(wait_seconds=5.0)),
        ('wait = "5"; x=y', Preference(wait_seconds=5.0)),
        ("wait=-1", Preference()),
        ("wait=1e9", Preference()),
        ("return=minimal, handling=lenient", Preference()),
        ("wait=3, wait=9", Preference(wait_seconds=3.0)),
    ],
)
def test_reads_the_preferences_it_knows(header, expected):
    assert read_preference(header) == expected
