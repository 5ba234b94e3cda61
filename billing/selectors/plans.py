"""Plans as a buyer sees them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.types import Caller
from billing.models import Entitlement, Plan, Price
from billing.pricing import (
    Charge,
    Graduated,
    Tariff,
    Volume,
    amount_in_words,
    describe,
    fee_in_words,
    headline,
    meter_of,
    price_of_charge,
    tier_in_words,
    unit_price,
)
from billing.selectors.prices import CALLABLE_AT_ONCE, entitlement_for, tariff_of
from catalog.selectors import is_member
from marketplace.core import clock
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from catalog.models import Listing

FROM = "from "
CHARGE_NOTES = {
    "flat": "for each call, whatever its size",
    "unit": "",
    "graduated": "each unit at the price of its tier",
    "volume": "all units at the tier the month reaches",
    "package": "for each package begun in a month",
}


@dataclass(frozen=True, slots=True)
class TierView:
    """A row of a tier table."""

    range: str
    price: str
    fee: str = ""


@dataclass(frozen=True, slots=True)
class ChargeView:
    """A charge in words."""

    meter: str
    label: str
    kind: str
    price: str
    note: str
    tiers: tuple[TierView, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its price in force, for one viewer."""

    id: UUID
    code: str
    name: str
    summary: str
    terms: str
    kind: str
    kind_label: str
    price_id: UUID
    price_number: int
    currency: str
    price_line: str
    amount: str
    per: str
    is_lowest: bool
    effective_from: datetime
    tariff: Tariff
    tariff_form: dict[str, Any]
    charges: tuple[ChargeView, ...]
    included: tuple[str, ...]
    dues: tuple[str, ...]
    next_price_line: str
    next_price_at: datetime | None
    is_active: bool
    is_private: bool
    is_default: bool
    is_current: bool
    entitlement_id: UUID | None
    ends_at: datetime | None


def plans_for(
    listing: "Listing", viewer: Caller | None, *, moment: datetime | None = None
) -> list[PlanView]:
    """Return the plans a viewer may choose, in order, each with its price in force.

    Shows public plans, private offers to the viewer's organization, and the viewer's own
    plan even after it was withdrawn.
    """
    now = moment or clock.now()
    mine = entitlement_for(viewer.organization, listing, now) if viewer else None
    shown = Q(is_active=True) & Q(buyer=None)
    if viewer:
        shown |= Q(is_active=True, buyer=viewer.organization)
    if mine:
        shown |= Q(pk=mine.plan_id)
    plans = plans_with_prices(listing).filter(shown)
    return _views(plans, mine, now)


def plans_with_prices(listing: "Listing") -> "QuerySet[Plan]":
    """Return all plans of a listing with their prices, latest first; for its author."""
    prices = Prefetch("prices", queryset=Price.objects.order_by("-effective_from"))
    return Plan.objects.filter(listing=listing).select_related("buyer").prefetch_related(prices)


def is_for_sale(listing: "Listing") -> bool:
    """Tell whether anybody but the author can choose a plan now, a private offer included."""
    offered = Plan.objects.filter(listing=listing, is_active=True)
    return offered.filter(prices__effective_from__lte=clock.now()).exists()


def author_views(listing: "Listing") -> list[PlanView]:
    """Return every plan of a listing, for its author: withdrawn, private, announced too."""
    now = clock.now()
    views = []
    for plan in plans_with_prices(listing):
        prices = list(plan.prices.all())
        price = next((one for one in prices if one.effective_from <= now), prices[-1])
        views.append(view_of(plan, price, now))
    return views


def prices_of(listing: "Listing", viewer: Caller | None, code: str) -> QuerySet[Price]:
    """Return the prices of a plan that the viewer may choose or makes; raises ``NotFound``."""
    if is_member(listing, viewer):
        plan = plan_of_author(listing, code)
    else:
        plan = plan_for(listing, viewer, code)
    return Price.objects.filter(plan=plan)


def _views(plans: Iterable[Plan], mine: Entitlement | None, now: datetime) -> list[PlanView]:
    views: list[PlanView] = []
    has_default = False
    for plan in plans:
        is_mine = mine is not None and mine.plan_id == plan.pk
        price = _price(plan, mine if is_mine else None, now)
        if price is None:
            continue
        is_default = not has_default and plan.buyer_id is None and plan.kind in CALLABLE_AT_ONCE
        has_default = has_default or is_default
        views.append(view_of(plan, price, now, mine if is_mine else None, is_default=is_default))
    return views


def _price(plan: Plan, mine: Entitlement | None, now: datetime) -> Price | None:
    """A running period keeps its price; else the latest price that has begun."""
    if mine is not None and tariff_of(mine.price).closes_periods:
        return mine.price
    return next((one for one in plan.prices.all() if one.effective_from <= now), None)


def view_of(
    plan: Plan,
    price: Price,
    now: datetime,
    mine: Entitlement | None = None,
    *,
    is_default: bool = False,
) -> PlanView:
    """Return the view of a plan whose prices are loaded."""
    tariff = tariff_of(price)
    amount, per = headline(tariff)
    coming = [one for one in plan.prices.all() if one.effective_from > now]
    return PlanView(
        id=plan.pk,
        code=plan.code,
        name=plan.name,
        summary=plan.summary,
        terms=plan.terms,
        kind=plan.kind,
        kind_label=plan.get_kind_display(),
        price_id=price.pk,
        price_number=price.number,
        currency=price.currency,
        price_line=describe(tariff),
        amount=amount.removeprefix(FROM),
        is_lowest=amount.startswith(FROM),
        per=per,
        effective_from=price.effective_from,
        tariff=tariff,
        tariff_form=price.tariff,
        charges=tuple(charge_view(charge, tariff.currency) for charge in tariff.charges),
        included=tuple(_included(tariff)),
        dues=tuple(_dues(tariff)),
        next_price_line=describe(tariff_of(coming[-1])) if coming else "",
        next_price_at=coming[-1].effective_from if coming else None,
        is_active=plan.is_active,
        is_private=plan.buyer_id is not None,
        is_default=is_default,
        is_current=mine is not None,
        entitlement_id=mine.pk if mine else None,
        ends_at=mine.ends_at if mine else None,
    )


def charge_view(charge: Charge, currency: str) -> ChargeView:
    """Return a charge in words, with its tiers."""
    meter = meter_of(charge.meter)
    tiers: list[TierView] = []
    if isinstance(charge, Graduated | Volume):
        floor = 0
        for tier in charge.tiers:
            price = unit_price(tier.price, charge.per, meter, currency)
            fee = f"+ {amount_in_words(tier.fee, currency)}" if tier.fee else ""
            tiers.append(TierView(tier_in_words(tier, floor, meter), price, fee))
            floor = tier.up_to or floor
    label = meter.many[0].upper() + meter.many[1:]
    price = price_of_charge(charge, currency)
    note = CHARGE_NOTES[charge.kind]
    return ChargeView(charge.meter, label, charge.kind, price, note, tuple(tiers))


def _included(tariff: Tariff) -> Iterator[str]:
    meters = {**tariff.free, **(tariff.recurring.included if tariff.recurring else {})}
    for code in sorted(meters):
        yield f"{meter_of(code).say(tariff.allowance(code))} each month"
    level = tariff.recurring.service_level if tariff.recurring else None
    if level is None:
        return
    yield f"Service level {level.name}"
    if level.availability_percent is not None:
        yield f"{level.availability_percent:f} % availability"
    if level.latency_p95_ms is not None:
        yield f"95 % of calls within {level.latency_p95_ms:,} ms"


def _dues(tariff: Tariff) -> Iterator[str]:
    if tariff.recurring:
        yield f"{fee_in_words(tariff.recurring, tariff.currency)}, charged when a period begins"
    if tariff.license:
        seats = f" for {tariff.license.seats:,} seats" if tariff.license.seats else ""
        yield f"{amount_in_words(tariff.license.fee, tariff.currency)} once{seats}"
    if tariff.minimum is not None:
        yield f"At least {amount_in_words(tariff.minimum, tariff.currency)} of calls a month"


def plan_for(listing: "Listing", viewer: Caller | None, code: str) -> Plan:
    """Return a plan that the viewer may choose, or has; raises ``NotFound``."""
    views = plans_for(listing, viewer)
    found = next((one for one in views if one.code == code), None)
    if found is None:
        raise NotFound(kind="plan")
    plan: Plan = Plan.objects.select_related("listing__organization").get(pk=found.id)
    return plan


def plan_of_author(listing: "Listing", code: str) -> Plan:
    """Return any plan of a listing, for its author; raises ``NotFound``."""
    plan = plans_with_prices(listing).select_related("listing__organization").filter(code=code)
    found: Plan | None = plan.first()
    if found is None:
        raise NotFound(kind="plan")
    return found
