"""Many at once, on PostgreSQL: threads with connections of their own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections

from billing.errors import InsufficientCredit, KeyCapReached, QuoteNotUsable
from billing.models import (
    CreditAccount,
    CreditGrant,
    Entitlement,
    Hold,
    KeySpending,
    UsageEvent,
    UsageTotal,
)
from billing.services.access import admit, release, release_expired_holds
from billing.services.credit import grant_welcome, top_up_test
from billing.services.entitlements import subscribe
from billing.services.quotes import quote
from marketplace.core.errors import DomainError
from tests.billing.conftest import DOLLAR, account_of, key_of
from tests.factories.billing import entitled, make_plan, settle_call

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"
    ),
]
PER_REQUEST = {
    "currency": "USD",
    "charges": [{"kind": "unit", "meter": "requests", "price": "0.10"}],
}


def at_once(works: list[Callable[[], object]], threads: int = 24) -> list[object]:
    """Run all works in threads; a refusal is a result, and any other error is raised."""

    def run(work: Callable[[], object]) -> object:
        try:
            return work()
        except DomainError as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]


def admitting(by, listing, **options) -> Callable[[], object]:
    return lambda: admit(by=by, listing=listing, source_id=uuid4(), maximum={}, **options)


def test_200_calls_at_once_never_pass_a_cap_worth_50(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, PER_REQUEST))
    key = key_of(as_alice, spending_cap_nano=5 * DOLLAR)

    results = at_once([admitting(key, lantern)] * 200)

    assert results.count(KeyCapReached) == 150
    assert KeySpending.objects.get().held_nano == 5 * DOLLAR
    assert account_of(acme) == (10 * DOLLAR, 5 * DOLLAR)
    assert Hold.objects.count() == 50


def test_200_calls_at_once_never_pass_the_credit(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, PER_REQUEST))
    grant_welcome(acme)
    CreditAccount.objects.update(balance_nano=5 * DOLLAR)

    results = at_once([admitting(as_alice, lantern)] * 200)

    assert results.count(InsufficientCredit) == 150
    assert account_of(acme) == (5 * DOLLAR, 5 * DOLLAR)


def test_of_two_calls_for_the_last_cent_one_is_admitted(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, PER_REQUEST))
    grant_welcome(acme)
    for _ in range(20):
        Hold.objects.all().delete()
        CreditAccount.objects.update(balance_nano=DOLLAR // 10, held_nano=0)

        results = at_once([admitting(as_alice, lantern)] * 2)

        assert results.count(InsufficientCredit) == 1


def test_a_call_settled_from_many_sides_is_charged_once(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, {**PER_REQUEST, "free": {"requests": 3}}))
    calls = [uuid4() for _ in range(10)]
    admissions = {
        one: admit(by=as_alice, listing=lantern, source_id=one, maximum={}) for one in calls
    }

    def settling(one) -> Callable[[], object]:
        return lambda: settle_call(as_alice, lantern, one, admissions[one], {}).cost_nano

    at_once([settling(one) for one in calls * 8])

    costs = list(UsageEvent.objects.values_list("cost_nano", flat=True))
    assert len(costs) == 10
    total = UsageTotal.objects.get()
    assert (total.quantity, total.open_quantity) == (10, 0)
    assert account_of(acme) == (10 * DOLLAR - sum(costs), 0)


def test_settling_releasing_and_expiring_at_once_end_a_hold_one_way(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, {**PER_REQUEST, "free": {"requests": 1}}))
    key = key_of(as_alice, spending_cap_nano=9 * DOLLAR)
    works: list[Callable[[], object]] = []
    for _ in range(30):
        one = uuid4()
        admission = admit(by=key, listing=lantern, source_id=one, maximum={})
        works.append(lambda one=one, a=admission: settle_call(key, lantern, one, a, {}))
        works.append(lambda one=one: release(source_id=one))
    works.append(release_expired_holds)

    at_once(works)

    spent = sum(Hold.objects.values_list("captured_nano", flat=True))
    assert not Hold.objects.filter(state="open").exists()
    assert account_of(acme) == (10 * DOLLAR - spent, 0)
    assert (KeySpending.objects.get().spent_nano, KeySpending.objects.get().held_nano) == (spent, 0)
    assert UsageTotal.objects.get().open_quantity == 0


def test_many_sign_ups_of_one_organization_give_welcome_credit_once(acme):
    at_once([lambda: grant_welcome(acme).pk] * 24)

    assert CreditGrant.objects.count() == 1
    assert account_of(acme) == (10 * DOLLAR, 0)


def test_test_credit_is_filled_once_however_many_ask(acme):
    grant_welcome(acme)
    top_up_test(by=None, organization=acme)
    CreditAccount.objects.filter(is_test=True).update(balance_nano=0)

    given = at_once([lambda: top_up_test(by=None, organization=acme)] * 24)

    assert sum(one is not None for one in given) == 1
    assert account_of(acme, is_test=True) == (10 * DOLLAR, 0)


def test_subscribing_at_once_begins_one_plan_and_charges_one_fee(as_alice, acme, lantern):
    tariff = {**PER_REQUEST, "recurring": {"fee": "3"}}
    plan = make_plan(lantern, tariff, kind="subscription")

    results = at_once([lambda: subscribe(by=as_alice, plan=plan).pk] * 24)

    assert len(set(results)) == 1
    assert Entitlement.objects.count() == 1
    assert account_of(acme) == (7 * DOLLAR, 0)


def test_changing_plans_to_and_fro_leaves_one_active(as_alice, acme, lantern):
    plans = [make_plan(lantern, PER_REQUEST, code=code) for code in ("a", "b")]

    at_once([lambda plan=plan: subscribe(by=as_alice, plan=plan) for plan in plans * 12])

    assert Entitlement.objects.filter(state="active").count() == 1


def test_a_quote_is_taken_by_one_of_many(as_alice, lantern):
    make_plan(lantern, PER_REQUEST)
    made = quote(by=as_alice, listing=lantern, input_digest="", expected={}, maximum={})

    results = at_once([admitting(as_alice, lantern, quote_id=made.pk)] * 24)

    assert results.count(QuoteNotUsable) == 23
    assert Hold.objects.count() == 1


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before
