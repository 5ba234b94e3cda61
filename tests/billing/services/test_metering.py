from datetime import timedelta
from uuid import uuid4

import pytest

from billing.errors import NotAdmitted
from billing.models import Hold, HoldState, KeySpending, UsageEvent, UsageTotal
from billing.pricing import read_tariff
from billing.services.access import admit, release, release_expired_holds
from billing.services.plans import set_price
from tests.billing.conftest import DOLLAR, NOON, account_of, key_of
from tests.factories.billing import PER_TOKEN, entitled, make_call, make_plan, settle_call

MOST = {"input_tokens": 1_000, "output_tokens": 1_000}
USED = {"input_tokens": 900, "output_tokens": 15}
COST = 90_000 + 6_000


def test_takes_the_cost_and_gives_back_the_rest(as_alice, acme, lantern, clock):
    entitlement = entitled(acme, lantern)
    key = key_of(as_alice)

    prediction_id = make_call(key, lantern, maximum=MOST, used=USED)

    event = UsageEvent.objects.get()
    assert (event.prediction_id, event.cost_nano, event.currency) == (prediction_id, COST, "USD")
    assert event.quantities == {"requests": 1, **USED}
    assert (event.entitlement, event.price) == (entitlement, entitlement.price)
    assert (event.organization, event.api_key_id) == (acme, key.api_key.pk)
    assert event.occurred_at == NOON
    assert account_of(acme) == (10 * DOLLAR - COST, 0)
    assert (KeySpending.objects.get().spent_nano, KeySpending.objects.get().held_nano) == (COST, 0)
    assert (Hold.objects.get().state, Hold.objects.get().captured_nano) == ("captured", COST)


def test_opens_the_cost_into_lines(as_alice, acme, lantern):
    entitled(acme, lantern)

    make_call(as_alice, lantern, maximum=MOST, used=USED)

    opened = UsageEvent.objects.get().lines
    assert [(line["meter"], line["quantity"], line["amount_nano"]) for line in opened] == [
        ("input_tokens", 900, 90_000),
        ("output_tokens", 15, 6_000),
    ]
    assert (opened[0]["price"], opened[0]["per"]) == ("0.1", 1_000_000)


def test_remembers_the_member_who_called(as_alice, alice, acme, lantern):
    entitled(acme, lantern)

    make_call(as_alice, lantern, maximum=MOST, used=USED)

    assert UsageEvent.objects.get().user == alice


def test_settling_again_changes_nothing_and_says_the_same(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, {**PER_TOKEN, "free": {"input_tokens": 100}}))
    source_id = uuid4()
    admission = admit(by=as_alice, listing=lantern, source_id=source_id, maximum=MOST)
    first = settle_call(as_alice, lantern, source_id, admission, USED)

    again = settle_call(as_alice, lantern, source_id, admission, {"input_tokens": 7})

    assert again == first
    assert UsageEvent.objects.count() == 1
    assert UsageTotal.objects.get().quantity == 900
    assert account_of(acme) == (10 * DOLLAR - first.cost_nano, 0)


def test_refuses_a_call_that_was_never_admitted(as_alice, acme, lantern):
    entitled(acme, lantern)
    admission = admit(by=as_alice, listing=lantern, source_id=uuid4(), maximum=MOST)

    with pytest.raises(NotAdmitted):
        settle_call(as_alice, lantern, uuid4(), admission, USED)

    assert not UsageEvent.objects.exists()


def test_refuses_another_price_than_the_one_admitted(as_alice, acme, lantern):
    entitled(acme, lantern)
    admission = admit(by=as_alice, listing=lantern, source_id=uuid4(), maximum=MOST)
    source_id = make_call(as_alice, lantern, maximum=MOST)
    other = type(admission)(None, uuid4(), "", "", "USD", 0, admission.expires_at)

    with pytest.raises(NotAdmitted):
        settle_call(as_alice, lantern, source_id, other, USED)

    assert Hold.objects.get(source_id=source_id).state in (HoldState.OPEN, HoldState.CAPTURED)
    assert not UsageEvent.objects.exists()


def test_a_running_call_keeps_the_price_it_was_admitted_at(as_alice, acme, as_hana, lantern, clock):
    plan = make_plan(lantern)
    entitled(acme, lantern, plan)
    source_id = uuid4()
    admission = admit(by=as_alice, listing=lantern, source_id=source_id, maximum=MOST)
    dear = {**PER_TOKEN, "charges": [{**PER_TOKEN["charges"][0], "price": "9"}]}
    set_price(by=as_hana, plan=plan, tariff=read_tariff(dear))
    clock.shift(timedelta(seconds=1))

    running = settle_call(as_alice, lantern, source_id, admission, USED)
    make_call(as_alice, lantern, maximum=MOST, used=USED)

    assert running.cost_nano == COST
    assert sorted(UsageEvent.objects.values_list("cost_nano", flat=True)) == [COST, 8_100_000]


def test_never_takes_more_than_was_promised(as_alice, acme, lantern):
    entitled(acme, lantern)
    source_id = uuid4()
    admission = admit(by=as_alice, listing=lantern, source_id=source_id, maximum=MOST)

    settled = settle_call(as_alice, lantern, source_id, admission, {"input_tokens": 10_000_000})

    assert settled.cost_nano == admission.maximum_nano == 500_000
    assert [line.amount_nano for line in settled.lines] == [DOLLAR, 500_000 - DOLLAR]
    assert account_of(acme) == (10 * DOLLAR - 500_000, 0)


def test_a_call_whose_hold_expired_costs_nothing(as_alice, acme, lantern, clock):
    entitled(acme, lantern)
    source_id = uuid4()
    admission = admit(
        by=as_alice, listing=lantern, source_id=source_id, maximum=MOST, expires_at=NOON
    )
    release_expired_holds()

    settled = settle_call(as_alice, lantern, source_id, admission, USED)

    assert settled.cost_nano == 0
    assert sum(line.amount_nano for line in settled.lines) == 0
    assert UsageEvent.objects.get().quantities == {"requests": 1, **USED}
    assert account_of(acme) == (10 * DOLLAR, 0)
    assert Hold.objects.get().state == HoldState.EXPIRED


def test_a_settled_call_cannot_be_released(as_alice, acme, lantern):
    entitled(acme, lantern)
    source_id = make_call(as_alice, lantern, maximum=MOST, used=USED)

    assert release(source_id=source_id) is False

    assert account_of(acme) == (10 * DOLLAR - COST, 0)


TIERS = {
    "currency": "USD",
    "charges": [
        {
            "kind": "graduated",
            "meter": "requests",
            "tiers": [{"up_to": 2, "price": "1"}, {"up_to": None, "price": "0.5"}],
        }
    ],
}


def test_tiers_follow_the_month(as_alice, acme, lantern, clock):
    entitled(acme, lantern, make_plan(lantern, TIERS))
    for _ in range(3):
        make_call(as_alice, lantern, maximum={}, used={})
    clock.shift(timedelta(days=7))

    make_call(as_alice, lantern, maximum={}, used={})

    costs = UsageEvent.objects.order_by("created_at").values_list("cost_nano", flat=True)
    assert list(costs) == [DOLLAR, DOLLAR, DOLLAR // 2, DOLLAR]
    totals = UsageTotal.objects.order_by("period_start")
    assert [(str(one.period_start), one.quantity) for one in totals] == [
        ("2026-11-01", 3),
        ("2026-12-01", 1),
    ]


def test_calls_that_cross_settle_in_their_own_order(as_alice, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, {**TIERS, "free": {"requests": 1}}))
    ids = [uuid4(), uuid4()]
    admissions = [admit(by=as_alice, listing=lantern, source_id=one, maximum={}) for one in ids]

    late = settle_call(as_alice, lantern, ids[1], admissions[1], {})
    early = settle_call(as_alice, lantern, ids[0], admissions[0], {})

    assert [one.maximum_nano for one in admissions] == [0, DOLLAR]
    assert (late.cost_nano, early.cost_nano) == (0, 0)
    assert account_of(acme) == (10 * DOLLAR, 0)


def test_test_calls_do_not_use_up_the_allowance(as_alice, acme, lantern):
    plan = make_plan(lantern, {**PER_TOKEN, "free": {"input_tokens": 1_000}})
    entitled(acme, lantern, plan)
    make_call(key_of(as_alice, is_test=True), lantern, maximum=MOST, used=MOST)

    make_call(as_alice, lantern, maximum=MOST, used={"input_tokens": 1_000})

    assert UsageEvent.objects.get(is_test=False).cost_nano == 0
    assert account_of(acme) == (10 * DOLLAR, 0)
