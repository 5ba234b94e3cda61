from datetime import timedelta

from billing.pricing import read_tariff
from billing.selectors import entitlement_for, plan_for, plans_for
from billing.selectors.estimates import estimates
from billing.services.plans import set_price
from tests.billing.conftest import NOON
from tests.factories.billing import FREE, PER_TOKEN, entitled, make_plan

MONTHLY = {
    **PER_TOKEN,
    "recurring": {
        "fee": "9",
        "included": {"input_tokens": 5},
        "service_level": {"name": "Gold", "availability_percent": "99.9", "latency_p95_ms": 400},
    },
}


def test_a_plan_in_words(lantern, clock):
    make_plan(lantern, {**MONTHLY, "minimum": "5"}, kind="subscription")

    plan = plans_for(lantern, None)[0]

    assert (plan.amount, plan.per) == ("$9", "month")
    assert plan.included == (
        "5 input tokens each month",
        "Service level Gold",
        "99.9 % availability",
        "95 % of calls within 400 ms",
    )
    assert plan.dues == (
        "$9 / month, charged when a period begins",
        "At least $5 of calls a month",
    )
    assert [(one.label, one.price) for one in plan.charges] == [
        ("Input tokens", "$0.10 / 1M input tokens"),
        ("Output tokens", "$0.40 / 1M output tokens"),
    ]


def test_the_first_plan_without_a_fee_is_the_default(lantern):
    make_plan(lantern, MONTHLY, code="monthly", kind="subscription", position=0)
    make_plan(lantern, FREE, code="free", kind="free", position=1)
    make_plan(lantern, code="pay", position=2)

    found = {plan.code: plan.is_default for plan in plans_for(lantern, None)}

    assert found == {"monthly": False, "free": True, "pay": False}


def test_a_price_that_is_announced_is_shown_beside_the_one_in_force(as_hana, lantern, clock):
    plan = make_plan(lantern)
    start = NOON + timedelta(days=9)
    cheaper = read_tariff({**PER_TOKEN, "free": {"input_tokens": 1}})
    set_price(by=as_hana, plan=plan, tariff=cheaper, effective_from=start)

    before = plans_for(lantern, None)[0]
    after = plans_for(lantern, None, moment=start)[0]

    assert (before.price_number, before.next_price_at) == (1, start)
    assert (after.price_number, after.next_price_at) == (2, None)


def test_who_paid_for_a_period_keeps_its_price(as_alice, as_hana, acme, lantern, clock):
    plan = make_plan(lantern, MONTHLY, kind="subscription")
    entitled(acme, lantern, plan)
    dearer = read_tariff({**MONTHLY, "recurring": {"fee": "10"}})
    set_price(by=as_hana, plan=plan, tariff=dearer, effective_from=NOON)

    assert plans_for(lantern, as_alice)[0].amount == "$9"
    assert plans_for(lantern, None)[0].amount == "$10"


def test_a_plan_without_a_price_in_force_is_not_shown_yet(lantern, clock):
    make_plan(lantern)
    clock.move_to(NOON.replace(year=2025))

    assert plans_for(lantern, None) == []


def test_an_entitlement_is_its_organizations(acme, elsewhere, lantern):
    made = entitled(acme, lantern)

    assert entitlement_for(acme, lantern) == made
    assert entitlement_for(elsewhere, lantern) is None


def test_plans_are_read_with_few_queries(as_alice, lantern, django_assert_num_queries):
    for number in range(10):
        make_plan(lantern, code=f"plan-{number}")

    with django_assert_num_queries(3):
        assert len(plans_for(lantern, as_alice)) == 10


def test_a_plan_is_found_by_its_code(as_alice, lantern):
    plan = make_plan(lantern, code="pay")

    assert plan_for(lantern, as_alice, "pay") == plan


def test_estimates_count_allowances_fees_and_minimums(lantern):
    make_plan(lantern, {**PER_TOKEN, "free": {"input_tokens": 1_000_000}}, position=0)
    make_plan(lantern, MONTHLY, code="monthly", kind="subscription", position=1)
    committed = {**PER_TOKEN, "minimum": "5"}
    make_plan(lantern, committed, code="committed", kind="commitment", position=2)
    per_call = {"input_tokens": 2_000, "output_tokens": 0}

    found = estimates(plans_for(lantern, None), per_call, 1_000)

    assert [str(one.total) for one in found] == ["$0.10", "$9.1999995", "$5.00"]
    assert [one.is_cheapest for one in found] == [True, False, False]
    assert [str(one.call) for one in found] == ["$0.0002"] * 3
    assert found[2].formulas[-1] == "up to the month's minimum = $4.80"
