"""Credit accounts: opened with welcome credit, topped up, given to by the operator.

All credit is test money until a payment provider is connected.
"""

from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Organization
from accounts.services import audit
from accounts.types import Caller
from billing.models import CreditAccount, CreditGrant, GrantKind
from billing.services import balances
from catalog.services.rights import require_operator
from marketplace.core import clock
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import MAXIMUM, format_money, to_nano

LARGEST_GRANT = Decimal(1_000_000)


def grant_welcome(organization: Organization) -> CreditAccount:
    """Open the organization's account with its welcome credit, unless it is open."""
    return open_account(organization=organization)


def open_account(
    *, organization: Organization, currency: str = "", is_test: bool = False
) -> CreditAccount:
    """Return the account of one money; it is opened, with welcome credit, when missing.

    Welcome credit comes in the marketplace's currency only.
    """
    currency = currency or settings.STOA_CURRENCY
    rows = CreditAccount.objects.of(organization)
    found: CreditAccount | None = rows.filter(currency=currency, is_test=is_test).first()
    return found or _open(organization, currency=currency, is_test=is_test)


@transaction.atomic
def _open(organization: Organization, *, currency: str, is_test: bool) -> CreditAccount:
    account, is_new = CreditAccount.objects.get_or_create(
        organization=organization, currency=currency, is_test=is_test
    )
    welcome = to_nano(settings.STOA_WELCOME_CREDIT, currency)
    if is_new and currency == settings.STOA_CURRENCY and welcome:
        _give(account, GrantKind.WELCOME, welcome, by=None)
    return account


@transaction.atomic
def grant(*, by: Caller | None, account: CreditAccount, amount: Decimal, note: str) -> CreditGrant:
    """Give credit to an organization; only an operator may, and says why.

    Raises ``Forbidden``, and ``InvalidInput`` naming each wrong field.
    """
    require_operator(by)
    problems = []
    if not 0 < amount <= LARGEST_GRANT:
        problems.append(FieldProblem("amount", f"Give more than 0, at most {LARGEST_GRANT:,}."))
    if not note.strip() or len(note) > 200:
        problems.append(FieldProblem("note", "Say why, in at most 200 characters."))
    if problems:
        raise InvalidInput(problems)
    nano = to_nano(amount, account.currency)
    return _give(account, GrantKind.OPERATOR, nano, by=by, note=note.strip())


def top_up_test(
    *, by: Caller | None, organization: Organization, currency: str = ""
) -> CreditGrant | None:
    """Fill the account of test keys up to the welcome credit, once a day.

    Returns ``None`` when that is done already, or when nothing is missing.
    """
    account = open_account(organization=organization, currency=currency, is_test=True)
    try:
        with transaction.atomic():
            return _fill(account, by)
    except IntegrityError:
        return None


def _fill(account: CreditAccount, by: Caller | None) -> CreditGrant | None:
    full = to_nano(settings.STOA_WELCOME_CREDIT, account.currency)
    fresh = CreditAccount.objects.select_for_update().get(pk=account.pk)
    missing = full - (fresh.balance_nano - fresh.held_nano)
    filled = fresh.grants.filter(kind=GrantKind.TEST_TOP_UP, given_on=clock.now().date())
    if missing <= 0 or filled.exists():
        return None
    return _give(fresh, GrantKind.TEST_TOP_UP, missing, by=by)


def _give(
    account: CreditAccount, kind: str, nano: int, *, by: Caller | None, note: str = ""
) -> CreditGrant:
    fresh = CreditAccount.objects.select_for_update().get(pk=account.pk)
    if fresh.balance_nano + nano > MAXIMUM:
        raise InvalidInput([FieldProblem("amount", "The account cannot hold that much.")])
    given = CreditGrant.objects.create(
        organization=account.organization,
        account=account,
        kind=kind,
        amount_nano=nano,
        given_on=clock.now().date(),
        note=note,
    )
    balances.credit(account.pk, nano)
    audit.record(
        "credit.grant",
        by=by,
        target=account,
        organization=account.organization,
        kind=str(kind),
        amount=format_money(nano, account.currency),
        note=note,
    )
    return given
