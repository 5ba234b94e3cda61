"""Admission of calls: a right to call, and money held for the most that it can cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.types import Caller
from billing.errors import KeyCapReached, NoEntitlement, NoPlan, OverCeiling, QuoteNotUsable
from billing.models import (
    CreditAccount,
    Entitlement,
    Hold,
    HoldState,
    KeySpending,
    Plan,
    Price,
    Quote,
)
from billing.pricing import ceiling, period_containing
from billing.selectors.prices import (
    default_plan,
    entitlement_for,
    first_of_month,
    price_for,
    tariff_of,
)
from billing.services import balances, credit, totals
from billing.services.fees import short_of
from billing.types import PLAYGROUND, Admission
from marketplace.core import clock
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import MAXIMUM, format_money

if TYPE_CHECKING:
    from catalog.models import Listing

# How long a hold outlives the longest call before the sweeper gives it back.
MARGIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a call runs."""

    plan: Plan
    price: Price
    entitlement: Entitlement | None
    quote: Quote | None = None

    def period_start(self, day: date) -> date:
        """Return the first day of the month that counts this call."""
        anchor = self.entitlement.anchor_on if self.entitlement else first_of_month(day)
        return period_containing(day, anchor=anchor).start


@transaction.atomic
def admit(
    *,
    by: Caller,
    listing: "Listing",
    source_id: UUID,
    maximum: Mapping[str, int],
    max_cost_nano: int | None = None,
    quote_id: UUID | str | None = None,
    input_digest: str = "",
    source: str = "api",
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> Admission:
    """Let one call run, and hold the most that it can cost until it settles.

    ``source_id`` is the call's id, ``maximum`` the most it can use. A call from the
    playground, with a quote, or of the author's own listing needs no subscription.
    Raises ``NoEntitlement``, ``NoPlan``, ``QuoteNotUsable``, ``OverCeiling``,
    ``KeyCapReached`` and ``InsufficientCredit``.
    """
    moment = now or clock.now()
    most = counted(maximum)
    terms = _terms(by, listing, source, quote_id, moment)
    if terms.quote:
        _use_quote(terms.quote, source_id, most, input_digest, moment)
    count = totals.Count(
        by.organization, terms.plan.pk, terms.period_start(moment.date()), by.is_test
    )
    amount = _most_it_costs(terms, count, most)
    if max_cost_nano is not None and amount > max_cost_nano:
        currency = terms.price.currency
        raise OverCeiling(
            maximum=format_money(amount, currency), ceiling=format_money(max_cost_nano, currency)
        )
    account = _hold_credit(by, terms.price.currency, amount)
    _hold_key_cap(by, terms.price.currency, amount)
    hold = Hold.objects.create(
        organization=by.organization,
        account=account,
        source_id=source_id,
        listing=listing,
        price=terms.price,
        entitlement=terms.entitlement,
        api_key_id=by.api_key.pk if by.api_key else None,
        user=by.user,
        period_start=count.period_start,
        maximum_quantities=most,
        amount_nano=amount,
        expires_at=expires_at or moment + _longest_call(),
    )
    return _admission(terms, hold)


def counted(quantities: Mapping[str, int]) -> dict[str, int]:
    """Return quantities of one call, itself counted as a request; refuses odd ones."""
    for meter, quantity in quantities.items():
        if not 0 <= quantity <= MAXIMUM:
            raise InvalidInput([FieldProblem(meter, "This must be from 0 to 2**63 - 1.")])
    return {"requests": 1, **quantities}


def as_uuid(text: UUID | str) -> UUID | None:
    """Return an id from its text, if it is one."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _longest_call() -> timedelta:
    return MARGIN + timedelta(
        seconds=settings.STOA_PREDICTION_TIMEOUT_SECONDS + settings.STOA_LEASE_SECONDS
    )


def _admission(terms: Terms, hold: Hold) -> Admission:
    return Admission(
        entitlement_id=terms.entitlement.pk if terms.entitlement else None,
        price_id=terms.price.pk,
        plan_code=terms.plan.code,
        plan_name=terms.plan.name,
        currency=terms.price.currency,
        maximum_nano=hold.amount_nano,
        expires_at=hold.expires_at,
    )


def _terms(
    by: Caller,
    listing: "Listing",
    source: str,
    quote_id: UUID | str | None,
    moment: datetime,
) -> Terms:
    entitlement = entitlement_for(by.organization, listing, moment)
    if quote_id is not None:
        return _quoted_terms(by, listing, quote_id, entitlement)
    return terms_for(
        by,
        listing,
        entitlement,
        moment,
        needs_subscription=source != PLAYGROUND,
    )


def terms_for(
    by: Caller,
    listing: "Listing",
    entitlement: Entitlement | None,
    moment: datetime,
    *,
    needs_subscription: bool,
) -> Terms:
    """Return the plan and price of a call: those subscribed to, else the default ones.

    Raises ``NoEntitlement`` where a subscription is needed and ``NoPlan`` where there is
    nothing to choose.
    """
    if entitlement is not None:
        return Terms(entitlement.plan, price_for(entitlement, moment), entitlement)
    is_own = listing.organization_id == by.organization.pk
    if needs_subscription and not is_own:
        url = f"{settings.SITE_URL}{listing.get_absolute_url()}pricing/"
        raise NoEntitlement(plans_url=url, organization=by.organization.name, listing=listing.name)
    found = default_plan(listing, moment)
    if found is None:
        raise NoPlan(organization=by.organization.name, listing=listing.name)
    return Terms(*found, entitlement=None)


def _quoted_terms(
    by: Caller, listing: "Listing", quote_id: UUID | str, entitlement: Entitlement | None
) -> Terms:
    rows = Quote.objects.of(by.organization).select_related("price__plan")
    quote = rows.filter(pk=as_uuid(quote_id), listing=listing).first()
    if quote is None:
        raise QuoteNotUsable(reason=f"There is no quote {quote_id} for {listing} here.")
    plan = quote.price.plan
    is_subscribed = entitlement is not None and entitlement.plan_id == plan.pk
    return Terms(plan, quote.price, entitlement if is_subscribed else None, quote)


def _use_quote(
    quote: Quote,
    source_id: UUID,
    most: Mapping[str, int],
    input_digest: str,
    moment: datetime,
) -> None:
    """Take a quote for one call; a second call with it needs another quote."""
    if quote.expires_at <= moment:
        raise QuoteNotUsable(reason="The quote's time is over; ask for another one.")
    if input_digest and input_digest != quote.input_digest:
        raise QuoteNotUsable(reason="The quote is for another input.")
    quoted = quote.maximum_quantities
    for meter, quantity in most.items():
        if quantity > quoted.get(meter, 0):
            reason = f"The quote covers {quoted.get(meter, 0)} of {meter}; this may use {quantity}."
            raise QuoteNotUsable(reason=reason)
    if not Quote.objects.filter(pk=quote.pk, used_by=None).update(used_by=source_id):
        raise QuoteNotUsable(reason="The quote was used by another call.")


def _most_it_costs(terms: Terms, count: totals.Count, most: Mapping[str, int]) -> int:
    """Lock what the price depends on, count the call in, and return its ceiling."""
    tariff = tariff_of(terms.price)
    standing = totals.lock(count, tariff.counted_meters)
    highest = ceiling(tariff, most, used_before=standing.used, open_before=standing.opened)
    totals.begin(count, tariff.counted_meters, most)
    amount = highest.cost_nano
    return min(amount, terms.quote.maximum_nano) if terms.quote else amount


def _hold_credit(by: Caller, currency: str, amount: int) -> CreditAccount:
    buyer = by.organization
    account = credit.open_account(organization=buyer, currency=currency, is_test=by.is_test)
    if not amount or balances.reserve(account.pk, amount):
        return account
    filled = by.is_test and credit.top_up_test(by=None, organization=buyer, currency=currency)
    if filled and balances.reserve(account.pk, amount):
        return account
    raise short_of(amount, account)


def _hold_key_cap(by: Caller, currency: str, amount: int) -> None:
    key = by.api_key
    if key is None or not amount:
        return
    cap = key.spending_cap_nano
    if not balances.reserve_for_key(by.organization, key.pk, currency, amount, cap=cap):
        spending = KeySpending.objects.get(api_key_id=key.pk, currency=currency)
        left = max((cap or 0) - spending.spent_nano - spending.held_nano, 0)
        raise KeyCapReached(
            needed=format_money(amount, currency),
            available=format_money(left, currency),
            cap=format_money(cap or 0, currency),
        )


def release(*, source_id: UUID) -> bool:
    """Give back what a call held, when it costs nothing; harmless when done before."""
    return _let_go(source_id, HoldState.RELEASED)


def release_expired_holds(*, now: datetime | None = None) -> int:
    """Give back the holds of calls that nobody finished in time; return how many."""
    moment = now or clock.now()
    expired = Hold.objects.filter(state=HoldState.OPEN, expires_at__lte=moment)
    freed = 0
    while sources := list(expired.order_by("expires_at").values_list("source_id", flat=True)[:500]):
        freed += sum(_let_go(source, HoldState.EXPIRED) for source in sources)
    return freed


@transaction.atomic
def _let_go(source_id: UUID, state: HoldState) -> bool:
    if not Hold.objects.filter(source_id=source_id, state=HoldState.OPEN).update(state=state):
        return False
    hold = Hold.objects.select_related("account", "price", "organization").get(source_id=source_id)
    meters = tariff_of(hold.price).counted_meters
    count = count_of(hold)
    totals.lock(count, meters)
    totals.finish(count, meters, hold.maximum_quantities, used={})
    give_back(hold, cost=0)
    return True


def count_of(hold: Hold) -> totals.Count:
    """Return where the units of a held call are counted."""
    return totals.Count(
        hold.organization, hold.price.plan_id, hold.period_start, hold.account.is_test
    )


def give_back(hold: Hold, *, cost: int) -> None:
    """End what a call held of its account and key: take the cost, free the rest."""
    balances.resolve(hold.account_id, held=hold.amount_nano, cost=cost)
    balances.resolve_for_key(
        hold.api_key_id, hold.account.currency, held=hold.amount_nano, cost=cost
    )
