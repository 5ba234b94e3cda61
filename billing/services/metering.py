"""Settling: what a finished call used, what that cost, and the money taken for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import Organization
from billing.errors import NotAdmitted
from billing.models import Hold, HoldState, UsageEvent
from billing.pricing import Line, rate
from billing.selectors.prices import tariff_of
from billing.services import totals
from billing.services.access import count_of, counted, give_back
from billing.types import AdmittedUnder
from marketplace.core import clock


@dataclass(frozen=True, slots=True)
class Settled:
    """What a call cost, opened into lines that sum to it."""

    cost_nano: int
    currency: str
    lines: tuple[Line, ...]


@transaction.atomic
def settle(
    *,
    by_organization: Organization,
    source_id: UUID,
    listing_id: UUID | str,
    version_id: UUID | str,
    admission: AdmittedUnder,
    api_key_id: UUID | None,
    quantities: Mapping[str, int],
    is_test: bool,
    now: datetime | None = None,
) -> Settled:
    """Rate a finished call at the price of its admission and take the cost from its hold.

    Runs inside the caller's transaction. Settling again returns the first result. The cost
    never passes the hold; a hold that expired or was released pays nothing. Raises
    ``NotAdmitted`` for a call that nobody admitted.
    """
    hold, is_new = _claim(source_id)
    if hold is None or str(hold.price_id) != str(admission.price_id):
        raise NotAdmitted(call=source_id)
    if not is_new:
        return _settled_before(source_id)
    used = counted(quantities)
    cost, lines = _rate(hold, used)
    event = UsageEvent.objects.create(
        organization=by_organization,
        prediction_id=source_id,
        listing_id=listing_id,
        version_id=version_id,
        entitlement_id=admission.entitlement_id,
        price=hold.price,
        api_key_id=api_key_id,
        user_id=hold.user_id,
        quantities=used,
        currency=hold.account.currency,
        cost_nano=cost,
        lines=[line.as_json() for line in lines],
        is_test=is_test,
        period_start=hold.period_start,
        occurred_at=now or clock.now(),
    )
    return Settled(cost, event.currency, lines)


def _claim(source_id: UUID) -> tuple[Hold | None, bool]:
    """Take the open hold of a call; of all who settle it at once, for one it is new."""
    rows = Hold.objects.filter(source_id=source_id)
    taken = rows.filter(state=HoldState.OPEN).update(state=HoldState.CAPTURED)
    hold = rows.select_related("account", "price", "organization").first()
    if taken:
        return hold, True
    return hold, not UsageEvent.objects.filter(prediction_id=source_id).exists()


def _settled_before(source_id: UUID) -> Settled:
    event = UsageEvent.objects.get(prediction_id=source_id)
    lines = tuple(Line.from_json(line) for line in event.lines)
    return Settled(event.cost_nano, event.currency, lines)


def _rate(hold: Hold, used: Mapping[str, int]) -> tuple[int, tuple[Line, ...]]:
    """Rate where the period stands now, take the money, and count the units."""
    is_open = hold.state == HoldState.CAPTURED
    tariff = tariff_of(hold.price)
    meters = tariff.counted_meters
    count = count_of(hold)
    standing = totals.lock(count, meters)
    rating = rate(tariff, used, used_before=standing.used)
    bound = hold.amount_nano if is_open else 0
    cost, lines = _bounded(rating.cost_nano, rating.lines, bound)
    totals.finish(count, meters, hold.maximum_quantities if is_open else {}, used=used)
    totals.add_charged(count, _charged(lines, meters))
    if is_open:
        give_back(hold, cost=cost)
        Hold.objects.filter(pk=hold.pk).update(captured_nano=cost)
    return cost, lines


def _bounded(cost: int, lines: tuple[Line, ...], bound: int) -> tuple[int, tuple[Line, ...]]:
    """Keep the promise of the hold: what is above it is shown, and not charged."""
    if cost <= bound:
        return cost, lines
    waived = Line("requests", "ceiling", 1, Decimal(0), 1, Decimal(0), bound - cost)
    return bound, (*lines, waived)


def _charged(lines: tuple[Line, ...], meters: tuple[str, ...]) -> dict[str, int]:
    charged: dict[str, int] = {}
    for line in lines:
        if line.meter in meters and line.kind != "ceiling":
            charged[line.meter] = charged.get(line.meter, 0) + line.amount_nano
    return charged
