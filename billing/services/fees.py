"""What a plan costs besides calls, charged once for its period."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accounts.services import audit
from billing.errors import InsufficientCredit
from billing.models import CreditAccount, Entitlement, Fee, FeeKind, UsageEvent
from billing.pricing import Period, Tariff, Volume, in_nano, period_containing, volume_nano
from billing.selectors.prices import tariff_of
from billing.selectors.sums import sum_of
from billing.services import balances, totals
from marketplace.core import clock
from marketplace.core.money import format_money


@dataclass(frozen=True, slots=True)
class Due:
    """An amount of a period; negative when it is given back."""

    kind: str
    period: Period
    amount_nano: int


def short_of(amount: int, account: CreditAccount) -> InsufficientCredit:
    """Return the refusal that says what is needed and what there is."""
    account.refresh_from_db()
    free = account.balance_nano - account.held_nano
    remedy = (
        "test credit fills up again tomorrow"
        if account.is_test
        else "ask the operator for more test money"
    )
    return InsufficientCredit(
        needed=format_money(amount, account.currency),
        available=format_money(free, account.currency),
        remedy=remedy,
    )


def charge_start(entitlement: Entitlement, account: CreditAccount, today: date) -> None:
    """Charge what is due at the start of a plan or of a paid period.

    What was paid for this plan and period before is not charged again. Raises
    ``InsufficientCredit``, also where the credit is below a minimum commitment.
    """
    tariff = tariff_of(entitlement.price)
    minimum = in_nano(Fraction(tariff.minimum or 0), tariff.currency)
    if minimum > account.balance_nano - account.held_nano:
        raise short_of(minimum, account)
    for due in _due_at_start(entitlement, tariff, today):
        if not _charge(entitlement, account, due):
            raise short_of(due.amount_nano, account)


def paid_period(entitlement: Entitlement, day: date) -> Period:
    """Return the period that the fee of a plan pays for; a month where there is none."""
    recurring = tariff_of(entitlement.price).recurring
    months = recurring.months if recurring else 1
    return period_containing(day, anchor=entitlement.anchor_on, months=months)


def settle_period(entitlement: Entitlement, account: CreditAccount, period: Period) -> bool:
    """Charge what a period owes at its end; tell whether the credit covered it.

    Where it does not, what there is is taken.
    """
    is_covered = True
    tariff = tariff_of(entitlement.price)
    volume = Due(FeeKind.VOLUME, period, _volume_difference(entitlement, tariff, period))
    lacking = _lacking(entitlement, tariff, period, volume.amount_nano)
    for due in (volume, Due(FeeKind.TRUE_UP, period, lacking)):
        if due.amount_nano and not _charge(entitlement, account, due):
            is_covered = False
            account.refresh_from_db()
            free = account.balance_nano - account.held_nano
            _charge(entitlement, account, Due(due.kind, period, free))
    return is_covered


def _due_at_start(entitlement: Entitlement, tariff: Tariff, today: date) -> list[Due]:
    due = []
    if tariff.recurring:
        fee = in_nano(Fraction(tariff.recurring.fee), tariff.currency)
        due.append(Due(FeeKind.BASE, paid_period(entitlement, today), fee))
    if tariff.license and not _has_license(entitlement):
        fee = in_nano(Fraction(tariff.license.fee), tariff.currency)
        due.append(Due(FeeKind.LICENSE, Period(entitlement.anchor_on, date.max), fee))
    return due


def _has_license(entitlement: Entitlement) -> bool:
    fees = Fee.objects.of(entitlement.organization)
    return bool(fees.filter(plan=entitlement.plan, kind=FeeKind.LICENSE).exists())


def _volume_difference(entitlement: Entitlement, tariff: Tariff, period: Period) -> int:
    count = totals.Count(entitlement.organization, entitlement.plan_id, period.start, False)
    difference = 0
    for charge in tariff.charges:
        if isinstance(charge, Volume):
            quantity, charged = totals.read(count, charge.meter)
            difference += volume_nano(charge, quantity, tariff=tariff) - charged
    return difference


def _lacking(entitlement: Entitlement, tariff: Tariff, period: Period, volume: int) -> int:
    if tariff.minimum is None:
        return 0
    used = sum_of(
        UsageEvent.objects.of(entitlement.organization).filter(
            price__plan=entitlement.plan, period_start=period.start, is_test=False
        ),
        "cost_nano",
    )
    return max(in_nano(Fraction(tariff.minimum), tariff.currency) - used - volume, 0)


def _charge(entitlement: Entitlement, account: CreditAccount, due: Due) -> bool:
    """Charge unless it was charged before; tell whether the credit covered it."""
    fees = Fee.objects.of(entitlement.organization).filter(
        plan=entitlement.plan, kind=due.kind, period_start=due.period.start
    )
    if fees.exists():
        return True
    if due.amount_nano < 0:
        balances.credit(account.pk, -due.amount_nano)
    elif not balances.debit(account.pk, due.amount_nano):
        return False
    _record(entitlement, due)
    return True


def _record(entitlement: Entitlement, due: Due) -> None:
    fee = Fee.objects.create(
        organization=entitlement.organization,
        entitlement=entitlement,
        listing_id=entitlement.listing_id,
        plan_id=entitlement.plan_id,
        price=entitlement.price,
        kind=due.kind,
        period_start=due.period.start,
        period_end=None if due.kind == FeeKind.LICENSE else due.period.end,
        currency=entitlement.price.currency,
        amount_nano=due.amount_nano,
        charged_at=clock.now(),
    )
    audit.record(
        "fee.charge",
        by=None,
        target=fee,
        organization=entitlement.organization,
        kind=str(due.kind),
        amount=format_money(due.amount_nano, fee.currency),
        plan=entitlement.plan.code,
    )
