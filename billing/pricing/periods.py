"""Months that begin on the day of the month on which a plan began; UTC, half-open."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start``, included, to ``end``, not included."""

    start: date
    end: date


def period_containing(day: date, *, anchor: date, months: int = 1) -> Period:
    """Return the month (or so many), counted from ``anchor``, that ``day`` falls into.

    An anchor on the 31st begins shorter months on their last day.
    """
    passed = (day.year - anchor.year) * 12 + day.month - anchor.month
    if months_after(anchor, passed) > day:
        passed -= 1
    passed -= passed % months
    return Period(months_after(anchor, passed), months_after(anchor, passed + months))


def months_after(anchor: date, months: int) -> date:
    """Return the same day of the month, or the month's last day where there is none."""
    years, month = divmod(anchor.month - 1 + months, 12)
    year, month = anchor.year + years, month + 1
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))
