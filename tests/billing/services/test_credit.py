from decimal import Decimal

import pytest

from accounts.models import AuditEvent
from billing.models import CreditAccount, CreditGrant
from billing.services.credit import grant, grant_welcome, open_account, top_up_test
from marketplace.core.errors import Forbidden, InvalidInput
from tests.billing.conftest import DOLLAR, account_of
from tests.conftest import person


def test_welcome_credit_comes_once(acme):
    first = grant_welcome(acme)
    again = grant_welcome(acme)

    assert first == again
    assert account_of(acme) == (10 * DOLLAR, 0)
    given = CreditGrant.objects.get()
    assert (given.kind, given.amount_nano, given.organization) == ("welcome", 10 * DOLLAR, acme)
    assert AuditEvent.objects.get(action="credit.grant").data["amount"] == "$10.00"


def test_the_operator_may_give_no_welcome_credit(acme, settings):
    settings.STOA_WELCOME_CREDIT = Decimal(0)

    grant_welcome(acme)

    assert account_of(acme) == (0, 0)


def test_welcome_credit_comes_in_one_currency(acme):
    account = open_account(organization=acme, currency="EUR")

    assert (account.currency, account.balance_nano) == ("EUR", 0)


def test_test_money_is_apart(acme):
    open_account(organization=acme)
    CreditAccount.objects.filter(is_test=False).update(balance_nano=1)

    assert top_up_test(by=None, organization=acme) is None
    assert account_of(acme) == (1, 0)
    assert account_of(acme, is_test=True) == (10 * DOLLAR, 0)


def test_filling_up_gives_what_is_missing(acme):
    open_account(organization=acme, is_test=True)
    CreditAccount.objects.filter(is_test=True).update(balance_nano=3 * DOLLAR, held_nano=DOLLAR)

    given = top_up_test(by=None, organization=acme)
    again = top_up_test(by=None, organization=acme)

    assert (given.amount_nano, again) == (8 * DOLLAR, None)
    assert account_of(acme, is_test=True) == (11 * DOLLAR, DOLLAR)


def test_an_operator_gives_credit_and_says_why(as_alice, acme):
    account = grant_welcome(acme)
    staff = person("op@stoa.example", is_staff=True)
    operator = type(as_alice)(acme, user=staff)

    given = grant(by=operator, account=account, amount=Decimal("2.50"), note="Sorry about Monday")

    assert (given.kind, given.amount_nano) == ("operator", 2_500_000_000)
    assert account_of(acme) == (12_500_000_000, 0)
    event = AuditEvent.objects.get(action="credit.grant", actor_label="op@stoa.example")
    assert event.data["note"] == "Sorry about Monday"


def test_nobody_else_gives_credit(as_alice, acme):
    account = grant_welcome(acme)

    with pytest.raises(Forbidden):
        grant(by=as_alice, account=account, amount=Decimal(1), note="please")

    assert account_of(acme) == (10 * DOLLAR, 0)


@pytest.mark.parametrize(
    ("amount", "note"), [("0", "why"), ("-1", "why"), ("1000001", "why"), ("1", " ")]
)
def test_refuses_odd_gifts(acme, amount, note):
    account = grant_welcome(acme)

    with pytest.raises(InvalidInput):
        grant(by=None, account=account, amount=Decimal(amount), note=note)

    assert account_of(acme) == (10 * DOLLAR, 0)


def test_an_account_never_overflows(acme):
    account = grant_welcome(acme)
    CreditAccount.objects.update(balance_nano=2**63 - 1)

    with pytest.raises(InvalidInput, match="cannot hold"):
        grant(by=None, account=account, amount=Decimal("0.01"), note="why")

    assert account_of(acme) == (2**63 - 1, 0)
