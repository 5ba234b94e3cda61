"""Rights to call: begun, changed and ended by the buyer; renewed by the clock."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from accounts.models import Organization
from accounts.services import audit
from accounts.types import Caller
from billing.errors import InsufficientCredit, KeyIsForTests
from billing.models import (
    CreditAccount,
    EndReason,
    Entitlement,
    EntitlementState,
    Fee,
    FeeKind,
    Plan,
    Price,
)
from billing.pricing import period_containing
from billing.selectors.prices import first_of_month, price_at, tariff_of
from billing.services import credit, fees
from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound

if TYPE_CHECKING:
    from catalog.models import Listing


@transaction.atomic
def subscribe(*, by: Caller, plan: Plan) -> Entitlement:
    """Begin a plan at its price in force; it replaces the active plan of the listing.

    Fees due at the start are charged at once. Subscribing again to the active plan keeps
    it, also when it was canceled to the end of its period. Raises ``PermissionMissing``,
    ``KeyIsForTests``, ``NotFound``, ``Conflict`` and ``InsufficientCredit``.
    """
    _require_buyer(by)
    price = _price_to_buy(by.organization, plan)
    account = lock_account(by.organization, price.currency)
    active = _active(by.organization, plan.listing)
    if active and active.plan_id == plan.pk:
        return _keep(by, active)
    today = clock.now().date()
    if active:
        _leave(by, active, today)
    entitlement = _begin(by, plan, price, today)
    fees.charge_start(entitlement, account, today)
    audit.record("entitlement.begin", by=by, target=entitlement, **_facts(entitlement))
    return entitlement


def _require_buyer(by: Caller) -> None:
    by.require("billing.manage")
    if by.is_test:
        raise KeyIsForTests


def _price_to_buy(organization: Organization, plan: Plan) -> Price:
    is_for_them = plan.buyer_id in (None, organization.pk)
    is_shown = plan.listing.is_live or plan.listing.organization_id == organization.pk
    if not (plan.is_active and is_for_them and is_shown):
        raise NotFound(kind="plan")
    price = price_at(plan, clock.now())
    if price is None:
        raise Conflict(reason=f"{plan} can be bought once its price begins.")
    return price


def lock_account(organization: Organization, currency: str) -> CreditAccount:
    """Lock the account that pays; whoever changes what is bought takes this lock first."""
    account = credit.open_account(organization=organization, currency=currency)
    locked: CreditAccount = CreditAccount.objects.select_for_update().get(pk=account.pk)
    return locked


def _active(organization: Organization, listing: "Listing") -> Entitlement | None:
    rows = Entitlement.objects.of(organization).select_related("plan", "price", "organization")
    found: Entitlement | None = rows.filter(listing=listing, state=EntitlementState.ACTIVE).first()
    return found


def _keep(by: Caller, active: Entitlement) -> Entitlement:
    if active.ends_at is not None:
        active.ends_at = None
        active.save(update_fields=["ends_at", "updated_at"])
        audit.record("entitlement.resume", by=by, target=active, **_facts(active))
    return active


def _leave(by: Caller, active: Entitlement, today: date) -> None:
    """What the period that is cut short owes is settled, in the currency it is owed in."""
    if active.period_ends_on is not None:
        period = period_containing(today, anchor=active.anchor_on)
        account = lock_account(active.organization, active.price.currency)
        fees.settle_period(active, account, period)
    _finish(active, EndReason.REPLACED)
    audit.record("entitlement.replace", by=by, target=active, **_facts(active))


def _begin(by: Caller, plan: Plan, price: Price, today: date) -> Entitlement:
    has_periods = tariff_of(price).closes_periods
    anchor = _anchor(by.organization, plan, today) if has_periods else first_of_month(today)
    period = period_containing(today, anchor=anchor)
    return Entitlement.objects.create(
        organization=by.organization,
        listing=plan.listing,
        plan=plan,
        price=price,
        started_by=by.user,
        starts_at=clock.now(),
        anchor_on=anchor,
        period_ends_on=period.end if has_periods else None,
    )


def _anchor(organization: Organization, plan: Plan, today: date) -> date:
    """Who returns within a paid period goes on in it; others begin today."""
    paid = Fee.objects.of(organization).filter(
        plan=plan, kind=FeeKind.BASE, period_start__lte=today, period_end__gt=today
    )
    last = paid.select_related("entitlement").first()
    return last.entitlement.anchor_on if last else today


@transaction.atomic
def end(*, by: Caller, entitlement: Entitlement) -> Entitlement:
    """Cancel: at once, or at the end of the period that is paid for or committed to.

    Ending twice is harmless. Raises ``PermissionMissing``, ``KeyIsForTests`` and
    ``NotFound`` for another organization's.
    """
    _require_buyer(by)
    if entitlement.organization_id != by.organization.pk:
        raise NotFound(kind="subscription")
    lock_account(by.organization, entitlement.price.currency)
    entitlement = Entitlement.objects.of(by.organization).get(pk=entitlement.pk)
    if entitlement.state == EntitlementState.ENDED or entitlement.ends_at is not None:
        return entitlement
    if entitlement.period_ends_on is None:
        _finish(entitlement, EndReason.CANCELED)
    else:
        paid = fees.paid_period(entitlement, clock.now().date())
        entitlement.ends_at = datetime.combine(paid.end, time.min, UTC)
        entitlement.save(update_fields=["ends_at", "updated_at"])
    audit.record("entitlement.end", by=by, target=entitlement, **_facts(entitlement))
    return entitlement


def _finish(entitlement: Entitlement, reason: str) -> None:
    entitlement.state = EntitlementState.ENDED
    entitlement.ended_at = clock.now()
    entitlement.end_reason = reason
    entitlement.save(update_fields=["state", "ended_at", "end_reason", "updated_at"])


def _facts(entitlement: Entitlement) -> dict[str, Any]:
    return {
        "plan": entitlement.plan.code,
        "price": entitlement.price.number,
        "listing": str(entitlement.listing_id),
        "ends_at": entitlement.ends_at.isoformat() if entitlement.ends_at else None,
    }


def close_periods() -> int:
    """Close every period that is over; return how many were."""
    today = clock.now().date()
    closed = 0
    while due := list(_over(today)):
        closed += sum(close_period(entitlement_id=one, today=today) for one in due)
    return closed


def _over(today: date) -> "list[UUID]":
    rows = Entitlement.objects.filter(state=EntitlementState.ACTIVE, period_ends_on__lte=today)
    return list(rows.order_by("period_ends_on").values_list("pk", flat=True)[:200])


@transaction.atomic
def close_period(*, entitlement_id: UUID, today: date) -> bool:
    """Settle one period that is over and begin the next, or end the plan.

    The next period takes the plan's price in force at its start. A plan that was canceled
    ends, and so does one whose fee the credit does not cover.
    """
    rows = Entitlement.objects.select_related("plan", "price", "organization", "listing")
    entitlement = rows.get(pk=entitlement_id)
    account = lock_account(entitlement.organization, entitlement.price.currency)
    entitlement = rows.get(pk=entitlement_id)
    over = entitlement.period_ends_on
    if entitlement.state != EntitlementState.ACTIVE or over is None or over > today:
        return False
    period = period_containing(over - date.resolution, anchor=entitlement.anchor_on)
    is_covered = fees.settle_period(entitlement, account, period)
    if entitlement.ends_at is not None and entitlement.ends_at.date() <= over:
        _close(entitlement, EndReason.CANCELED)
    elif not is_covered or not _renew(entitlement, account, over):
        _close(entitlement, EndReason.UNPAID)
    return True


def _renew(entitlement: Entitlement, account: CreditAccount, start: date) -> bool:
    """Begin the next period; tell whether the credit covers it."""
    moment = datetime.combine(start, time.min, UTC)
    if fees.paid_period(entitlement, start).start == start:
        entitlement.price = price_at(entitlement.plan, moment) or entitlement.price
    period = period_containing(start, anchor=entitlement.anchor_on)
    entitlement.period_ends_on = period.end if tariff_of(entitlement.price).closes_periods else None
    entitlement.save(update_fields=["price", "period_ends_on", "updated_at"])
    account.refresh_from_db()
    try:
        fees.charge_start(entitlement, account, start)
    except InsufficientCredit:
        return False
    audit.record(
        "entitlement.renew",
        by=None,
        target=entitlement,
        organization=entitlement.organization,
        **_facts(entitlement),
    )
    return True


def _close(entitlement: Entitlement, reason: str) -> None:
    _finish(entitlement, reason)
    audit.record(
        "entitlement.close",
        by=None,
        target=entitlement,
        organization=entitlement.organization,
        reason=str(reason),
        **_facts(entitlement),
    )
