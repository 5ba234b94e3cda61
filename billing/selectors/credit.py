"""Credit as its owner sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from accounts.models import Organization
from billing.models import CreditAccount, CreditGrant, Fee, Hold, HoldState, KeySpending, UsageEvent
from billing.selectors.sums import sum_of
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class GrantView:
    """Credit that was given."""

    kind: str
    kind_label: str
    amount: Money
    note: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class CreditView:
    """An account: ``free`` is what calls can still hold."""

    currency: str
    is_test: bool
    balance: Money
    held: Money
    free: Money
    granted: Money
    spent: Money
    fees: Money
    running_calls: int
    grants: tuple[GrantView, ...]


def credit_of(
    organization: Organization, *, is_test: bool = False, currency: str = ""
) -> CreditView:
    """Return an organization's credit in one money; nothing where no account is open."""
    currency = currency or settings.STOA_CURRENCY
    rows = CreditAccount.objects.of(organization)
    account = rows.filter(currency=currency, is_test=is_test).first() or CreditAccount(
        organization=organization, currency=currency, is_test=is_test
    )
    events = UsageEvent.objects.of(organization).filter(currency=currency, is_test=is_test)
    fees = Fee.objects.of(organization).filter(currency=currency)
    holds = Hold.objects.of(organization).filter(account=account, state=HoldState.OPEN)
    grants = CreditGrant.objects.of(organization).filter(account=account)
    free = account.balance_nano - account.held_nano
    return CreditView(
        currency=currency,
        is_test=is_test,
        balance=Money(account.balance_nano, currency),
        held=Money(account.held_nano, currency),
        free=Money(free, currency),
        granted=Money(sum_of(grants, "amount_nano"), currency),
        spent=Money(sum_of(events, "cost_nano"), currency),
        fees=Money(0 if is_test else sum_of(fees, "amount_nano"), currency),
        running_calls=holds.count(),
        grants=tuple(
            GrantView(
                kind=one.kind,
                kind_label=one.get_kind_display(),
                amount=Money(one.amount_nano, currency),
                note=one.note,
                given_at=one.created_at,
            )
            for one in grants.order_by("-created_at")[:20]
        ),
    )


def spent_with_key(api_key_id: UUID, currency: str = "") -> Money:
    """Return what calls with a key cost so far."""
    currency = currency or settings.STOA_CURRENCY
    rows = KeySpending.objects.filter(api_key_id=api_key_id, currency=currency)
    return Money(sum_of(rows, "spent_nano"), currency)
