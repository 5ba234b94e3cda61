"""Running quantities of a period, where tiers and allowances need them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.models import Organization
from billing.models import UsageTotal


@dataclass(frozen=True, slots=True)
class Count:
    """Whose units are counted, of which plan, in which period."""

    organization: Organization
    plan_id: UUID
    period_start: date
    is_test: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a period stands, by meter: used, and the most that running calls may add."""

    used: Mapping[str, int]
    opened: Mapping[str, int]


def lock(count: Count, meters: Sequence[str]) -> Standing:
    """Lock the totals of sorted meters until the transaction ends, and read them."""
    if not meters:
        return Standing({}, {})
    rows = _rows(count, meters)
    if len(rows) < len(meters):
        UsageTotal.objects.bulk_create(
            [
                UsageTotal(
                    organization=count.organization,
                    plan_id=count.plan_id,
                    period_start=count.period_start,
                    is_test=count.is_test,
                    meter=meter,
                )
                for meter in meters
            ],
            ignore_conflicts=True,
        )
        rows = _rows(count, meters)
    return _standing(rows)


def standing(count: Count, meters: Sequence[str]) -> Standing:
    """Read the totals of meters without locking them."""
    return _standing(list(_of(count).filter(meter__in=meters)))


def _standing(rows: Sequence[UsageTotal]) -> Standing:
    return Standing(
        {row.meter: row.quantity for row in rows}, {row.meter: row.open_quantity for row in rows}
    )


def _rows(count: Count, meters: Sequence[str]) -> list[UsageTotal]:
    return list(_of(count).filter(meter__in=meters).order_by("meter").select_for_update())


def begin(count: Count, meters: Sequence[str], most: Mapping[str, int]) -> None:
    """Count a call that starts and may use this much of meters that are locked."""
    for meter in meters:
        _of(count).filter(meter=meter).update(open_quantity=F("open_quantity") + most.get(meter, 0))


def finish(
    count: Count, meters: Sequence[str], most: Mapping[str, int], *, used: Mapping[str, int]
) -> None:
    """Count a call that ended, and what it used, in meters that are locked."""
    for meter in meters:
        _of(count).filter(meter=meter).update(
            quantity=F("quantity") + used.get(meter, 0),
            open_quantity=F("open_quantity") - most.get(meter, 0),
        )


def add_charged(count: Count, charged: Mapping[str, int]) -> None:
    """Count what the lines of a call came to, by meter, in meters that are locked."""
    for meter in sorted(charged):
        _of(count).filter(meter=meter).update(charged_nano=F("charged_nano") + charged[meter])


def read(count: Count, meter: str) -> tuple[int, int]:
    """Return the quantity of a meter so far, and what it was charged with."""
    row = _of(count).filter(meter=meter).first()
    return (row.quantity, row.charged_nano) if row else (0, 0)


def _of(count: Count) -> "QuerySet[UsageTotal]":
    return UsageTotal.objects.of(count.organization).filter(
        plan_id=count.plan_id, period_start=count.period_start, is_test=count.is_test
    )
