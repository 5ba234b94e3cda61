from datetime import timedelta
from uuid import uuid4

import pytest

from billing.errors import InsufficientCredit, KeyCapReached, NoEntitlement, NoPlan, OverCeiling
from billing.models import CreditGrant, Hold, HoldState, KeySpending, UsageTotal
from billing.services.access import admit, release, release_expired_holds
from marketplace.core.errors import InvalidInput
from tests.billing.conftest import DOLLAR, NOON, account_of, key_of
from tests.factories.billing import PER_TOKEN, entitled, make_call, make_plan

CALL = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}
COST = DOLLAR // 2
ALLOWANCE = {**PER_TOKEN, "free": {"input_tokens": 1_500_000}}


def test_holds_the_most_that_a_call_can_cost(as_alice, acme, lantern, clock):
    entitlement = entitled(acme, lantern)

    admission = admit(by=as_alice, listing=lantern, source_id=uuid4(), maximum=CALL)

    assert admission.maximum_nano == COST
    assert (admission.plan_code, admission.currency) == ("standard", "USD")
    assert admission.entitlement_id == entitlement.pk
    assert admission.price_id == entitlement.price_id
    assert account_of(acme) == (10 * DOLLAR, COST)
    assert Hold.objects.get().maximum_quantities == {"requests": 1, **CALL}


def test_refuses_who_has_not_subscribed_and_names_the_plans(as_alice, lantern):
    make_plan(lantern)

    with pytest.raises(NoEntitlement) as refused:
        admit(by=as_alice, listing=lantern, source_id=uuid4(), maximum=CALL)

    assert (refused.value.status, refused.value.code) == (403, "billing.no_entitlement")
    assert "/models/harbor/lantern/pricing/" in refused.value.detail
    assert not Hold.objects.exists()


def test_the_playground_needs_no_subscription_and_says_which_plan_it_used(as_alice, lantern):
    make_plan(lantern, code="pay", name="Pay as you go")

    admission = admit(
        by=as_alice, listing=lantern, source_id=uuid4(), maximum=CALL, source="playground"
    )

    assert admission.entitlement_id is None
    assert (admission.plan_code, admission.plan_name) == ("pay", "Pay as you go")
    assert account_of(as_alice.organization) == (10 * DOLLAR, COST)


def test_the_playground_does_not_give_a_subscription_away(as_alice, lantern):
    make_plan(lantern, {**PER_TOKEN, "recurring": {"fee": "9"}}, kind="subscription")

    with pytest.raises(NoPlan):
        admit(by=as_alice, listing=lantern, source_id=uuid4(), maximum=CALL, source="playground")

    assert not Hold.objects.exists()


def test_the_author_calls_its_own_listing_under_its_first_plan(as_hana, harbor, lantern):
    make_plan(lantern)

    admission = admit(by=as_hana, listing=lantern, source_id=uuid4(), maximum=CALL)

    assert admission.plan_code == "standard"
    assert account_of(harbor) == (10 * DOLLAR, COST)


def test_refuses_what_can_cost_more_than_the_caller_allows(as_alice, acme, lantern):
    entitled(acme, lantern)

    with pytest.raises(OverCeiling, match=r"\$0\.50, above your ceiling of \$0\.499999999"):
        make_call(as_alice, lantern, maximum=CALL, max_cost_nano=COST - 1)

    assert not Hold.objects.exists()
    make_call(as_alice, lantern, maximum=CALL, max_cost_nano=COST)
    assert Hold.objects.get().amount_nano == COST


def test_refuses_what_the_free_credit_does_not_cover(as_alice, acme, lantern):
    entitled(acme, lantern)
    for _ in range(20):
        make_call(as_alice, lantern, maximum=CALL)

    with pytest.raises(InsufficientCredit, match=r"\$0\.50, and \$0\.00 of credit is free"):
        make_call(as_alice, lantern, maximum=CALL)

    assert account_of(acme) == (10 * DOLLAR, 10 * DOLLAR)
    assert Hold.objects.count() == 20


def test_a_keys_cap_counts_what_was_spent_and_what_is_held(as_alice, acme, lantern):
    entitled(acme, lantern)
    key = key_of(as_alice, spending_cap_nano=2 * COST)
    make_call(key, lantern, maximum=CALL, used=CALL)
    make_call(key, lantern, maximum=CALL)

    with pytest.raises(KeyCapReached, match=r"and \$0\.00 of the key's cap of \$1\.00 is left"):
        make_call(key, lantern, maximum=CALL)

    spending = KeySpending.objects.get()
    assert (spending.spent_nano, spending.held_nano) == (COST, COST)
    assert account_of(acme) == (10 * DOLLAR - COST, COST)


def test_a_key_without_a_cap_is_limited_by_the_credit_alone(as_alice, acme, lantern):
    entitled(acme, lantern)
    key = key_of(as_alice)

    make_call(key, lantern, maximum={"input_tokens": 100_000_000})

    assert account_of(acme) == (10 * DOLLAR, 10 * DOLLAR)


def test_a_free_call_needs_no_credit(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, {"currency": "USD"}, kind="free"))

    admission = admit(by=as_alice, listing=lantern, source_id=uuid4(), maximum=CALL)

    assert admission.maximum_nano == 0
    assert account_of(acme) == (10 * DOLLAR, 0)


def test_what_an_allowance_covers_is_not_held(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, ALLOWANCE))

    make_call(as_alice, lantern, maximum={"input_tokens": 1_000_000})

    assert account_of(acme)[1] == 0


def test_running_calls_count_against_the_allowance(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, ALLOWANCE))
    make_call(as_alice, lantern, maximum={"input_tokens": 1_000_000})

    make_call(as_alice, lantern, maximum={"input_tokens": 1_000_000})

    total = UsageTotal.objects.get()
    assert (total.quantity, total.open_quantity) == (0, 2_000_000)
    assert account_of(acme)[1] == DOLLAR // 20


def test_test_keys_pay_from_their_own_account(as_alice, acme, lantern):
    entitled(acme, lantern)

    make_call(key_of(as_alice, is_test=True), lantern, maximum=CALL)

    assert account_of(acme, is_test=True) == (10 * DOLLAR, COST)


def test_test_credit_fills_up_once_a_day(as_alice, acme, lantern, clock):
    entitled(acme, lantern)
    key = key_of(as_alice, is_test=True)
    whole = {"input_tokens": 100_000_000}
    make_call(key, lantern, maximum=whole, used=whole)
    make_call(key, lantern, maximum=whole, used=whole)

    with pytest.raises(InsufficientCredit, match="fills up again tomorrow"):
        make_call(key, lantern, maximum=whole)
    clock.shift(timedelta(days=1))
    make_call(key, lantern, maximum=whole)

    assert CreditGrant.objects.filter(kind="test_top_up").count() == 2
    assert account_of(acme, is_test=True) == (10 * DOLLAR, 10 * DOLLAR)


def test_release_gives_everything_back_once(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, ALLOWANCE))
    key = key_of(as_alice, spending_cap_nano=DOLLAR)
    source_id = make_call(key, lantern, maximum={"input_tokens": 2_000_000})

    assert release(source_id=source_id) is True
    assert release(source_id=source_id) is False

    assert account_of(acme) == (10 * DOLLAR, 0)
    assert KeySpending.objects.get().held_nano == 0
    assert UsageTotal.objects.get().open_quantity == 0
    assert Hold.objects.get().state == HoldState.RELEASED


def test_release_of_an_unknown_call_is_harmless(db):
    assert release(source_id=uuid4()) is False


def test_expired_holds_are_given_back(as_alice, acme, lantern, clock):
    entitled(acme, lantern)
    soon, late = NOON + timedelta(minutes=1), NOON + timedelta(hours=1)
    make_call(as_alice, lantern, maximum=CALL, expires_at=soon)
    make_call(as_alice, lantern, maximum=CALL, expires_at=late)

    clock.shift(timedelta(minutes=1))

    assert release_expired_holds() == 1
    assert release_expired_holds() == 0
    assert account_of(acme) == (10 * DOLLAR, COST)
    assert set(Hold.objects.values_list("state", flat=True)) == {"open", "expired"}


def test_refuses_odd_quantities(as_alice, acme, lantern):
    entitled(acme, lantern)

    with pytest.raises(InvalidInput, match="input_tokens"):
        make_call(as_alice, lantern, maximum={"input_tokens": -1})

    assert not Hold.objects.exists()


def test_an_ended_or_lapsed_entitlement_is_none(as_alice, acme, lantern, clock):
    entitlement = entitled(acme, lantern)
    entitlement.ends_at = NOON
    entitlement.save()

    with pytest.raises(NoEntitlement):
        make_call(as_alice, lantern, maximum=CALL)
