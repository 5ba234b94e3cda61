"""Prices in force, and their tariffs."""

import json
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from accounts.models import Organization
from billing.models import Entitlement, EntitlementState, Plan, PlanKind, Price
from billing.pricing import Tariff, read_tariff

if TYPE_CHECKING:
    from catalog.models import Listing

CALLABLE_AT_ONCE = (PlanKind.FREE, PlanKind.PAY_AS_YOU_GO)


def tariff_of(price: Price) -> Tariff:
    """Return the tariff of a price."""
    return _tariff(json.dumps(price.tariff))


@lru_cache(maxsize=1024)
def _tariff(form: str) -> Tariff:
    return read_tariff(json.loads(form))


def price_at(plan: Plan, moment: datetime) -> Price | None:
    """Return the price of a plan that is in force at a moment."""
    return plan.prices.filter(effective_from__lte=moment).order_by("-effective_from").first()


def price_for(entitlement: Entitlement, moment: datetime) -> Price:
    """Return what calls under an entitlement cost now.

    A plan that closes periods keeps its price until the period ends; others follow the
    plan's price in force.
    """
    if tariff_of(entitlement.price).closes_periods:
        return entitlement.price
    return price_at(entitlement.plan, moment) or entitlement.price


def entitlement_for(
    organization: Organization, listing: "Listing", moment: datetime | None = None
) -> Entitlement | None:
    """Return the active entitlement of an organization to a listing."""
    rows = Entitlement.objects.of(organization).select_related("plan", "price")
    found: Entitlement | None = rows.filter(listing=listing, state=EntitlementState.ACTIVE).first()
    if found and moment and found.ends_at and found.ends_at <= moment:
        return None
    return found


def default_plan(listing: "Listing", moment: datetime) -> tuple[Plan, Price] | None:
    """Return the first public plan that can be called without a fee, and its price."""
    plans = Plan.objects.filter(
        listing=listing, is_active=True, buyer=None, kind__in=CALLABLE_AT_ONCE
    )
    for plan in plans:
        price = price_at(plan, moment)
        if price is not None:
            return plan, price
    return None


def first_of_month(day: date) -> date:
    """Return the anchor of months that follow the calendar."""
    return day.replace(day=1)


def next_price(plan: Plan, moment: datetime) -> Price | None:
    """Return the price that follows, if one is announced."""
    coming: Any = plan.prices.filter(effective_from__gt=moment).order_by("effective_from")
    found: Price | None = coming.first()
    return found
