"""Quotes: what a call is expected to cost, and the most that it can cost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from billing.models import Plan, Quote
from billing.pricing import ceiling, rate
from billing.selectors.prices import CALLABLE_AT_ONCE, entitlement_for, price_at, tariff_of
from billing.services import totals
from billing.services.access import Terms, counted, terms_for
from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.money import format_money

if TYPE_CHECKING:
    from catalog.models import Listing

VALID_FOR = timedelta(minutes=15)


@transaction.atomic
def quote(
    *,
    by: Caller,
    listing: "Listing",
    input_digest: str,
    expected: Mapping[str, int],
    maximum: Mapping[str, int],
    plan: Plan | None = None,
    now: datetime | None = None,
) -> Quote:
    """Bind the price of one call for a quarter of an hour.

    Uses the plan subscribed to, else the default one, else the ``plan`` given, which may be
    any that needs no fee. Raises ``PermissionMissing``, ``NoPlan``, ``NotFound``,
    ``Conflict`` and ``InvalidInput``.
    """
    by.require("predictions.run")
    moment = now or clock.now()
    terms = _terms(by, listing, plan, moment)
    tariff = tariff_of(terms.price)
    start = terms.period_start(moment.date())
    count = totals.Count(by.organization, terms.plan.pk, start, by.is_test)
    standing = totals.standing(count, tariff.counted_meters)
    likely, most = counted(expected), counted(maximum)
    rating = rate(tariff, likely, used_before=standing.used)
    highest = ceiling(tariff, most, used_before=standing.used, open_before=standing.opened)
    made = Quote.objects.create(
        organization=by.organization,
        listing=listing,
        price=terms.price,
        input_digest=input_digest,
        expected_quantities=likely,
        maximum_quantities=most,
        expected_nano=rating.cost_nano,
        maximum_nano=max(highest.cost_nano, rating.cost_nano),
        lines=[line.as_json() for line in highest.lines],
        expires_at=moment + VALID_FOR,
    )
    most_text = format_money(made.maximum_nano, terms.price.currency)
    audit.record("quote.create", by=by, target=made, plan=terms.plan.code, maximum=most_text)
    return made


def _terms(by: Caller, listing: "Listing", plan: Plan | None, moment: datetime) -> Terms:
    entitlement = entitlement_for(by.organization, listing, moment)
    if plan is None or (entitlement and entitlement.plan_id == plan.pk):
        return terms_for(by, listing, entitlement, moment, needs_subscription=False)
    price = price_at(plan, moment)
    is_offered = plan.is_active and plan.listing_id == listing.pk and plan.buyer_id is None
    if price is None or not is_offered:
        raise NotFound(kind="plan")
    if plan.kind not in CALLABLE_AT_ONCE:
        raise Conflict(reason=f"Subscribe to {plan} before asking for a quote under it.")
    return Terms(plan, price, entitlement=None)
