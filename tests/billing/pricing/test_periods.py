from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.pricing import Period, period_containing

dates = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "anchor", "start", "end"),
    [
        ("2026-11-24", "2026-11-01", "2026-11-01", "2026-12-01"),
        ("2026-11-30", "2026-11-01", "2026-11-01", "2026-12-01"),
        ("2026-12-01", "2026-11-01", "2026-12-01", "2027-01-01"),
        ("2026-11-24", "2026-11-20", "2026-11-20", "2026-12-20"),
        ("2026-12-19", "2026-11-20", "2026-11-20", "2026-12-20"),
        ("2027-02-28", "2027-01-31", "2027-02-28", "2027-03-31"),
        ("2028-02-28", "2028-01-31", "2028-01-31", "2028-02-29"),
        ("2028-02-29", "2028-01-31", "2028-02-29", "2028-03-31"),
        ("2025-02-28", "2024-02-29", "2025-02-28", "2025-03-29"),
        ("2026-10-31", "2026-11-20", "2026-10-20", "2026-11-20"),
    ],
)
def test_a_month_begins_on_the_day_of_its_anchor(day, anchor, start, end):
    found = period_containing(date.fromisoformat(day), anchor=date.fromisoformat(anchor))

    assert found == Period(date.fromisoformat(start), date.fromisoformat(end))


@given(dates, dates)
def test_months_neither_overlap_nor_leave_gaps(day, anchor):
    period = period_containing(day, anchor=anchor)
    eve = period_containing(period.start - timedelta(days=1), anchor=anchor)

    assert period.start <= day < period.end
    assert eve.end == period.start
