from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent, Membership
from billing.errors import PriceIsFixed
from billing.models import Plan, Price
from billing.pricing import describe, read_tariff
from billing.selectors.prices import price_at, tariff_of
from billing.services.plans import activate_plan, create_plan, deactivate_plan, set_price
from marketplace.core.errors import Conflict, Forbidden, InvalidInput
from tests.billing.conftest import NOON
from tests.conftest import caller_of
from tests.factories.billing import PER_TOKEN

TARIFF = read_tariff(PER_TOKEN)
DEARER = read_tariff({**PER_TOKEN, "free": {"input_tokens": 1}})
FREE = read_tariff({"currency": "USD"})


def offer(by, listing, **changes):
    given = {"code": "pay", "name": "Pay", "kind": "payg", "tariff": TARIFF}
    return create_plan(by=by, listing=listing, **{**given, **changes})


def wrong(by, listing, **changes) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        offer(by, listing, **changes)
    return [problem.field for problem in refused.value.problems]


def test_a_plan_has_a_price_in_force_at_once(as_hana, harbor, lantern, clock):
    plan = offer(as_hana, lantern, summary=" Simple. ", terms="As is.")

    price = price_at(plan, NOON)
    assert (plan.organization, plan.summary, plan.terms) == (harbor, "Simple.", "As is.")
    assert (price.number, price.currency, price.effective_from) == (1, "USD", NOON)
    assert tariff_of(price) == TARIFF
    assert AuditEvent.objects.get(action="plan.create").organization == harbor


def test_the_catalog_hears_how_a_listing_is_sold(as_hana, lantern):
    offer(as_hana, lantern)
    offer(as_hana, lantern, code="free", kind="free", tariff=FREE)

    lantern.refresh_from_db()
    assert lantern.price_kinds == ["free", "payg"]
    assert lantern.price_line == "$0.10 / 1M input tokens · $0.40 / 1M output tokens"
    assert lantern.has_free_plan is True


def test_withdrawn_plans_and_private_offers_are_not_advertised(as_hana, acme, lantern):
    deactivate_plan(by=as_hana, plan=offer(as_hana, lantern))
    offer(as_hana, lantern, code="deal", kind="private", buyer=acme)

    lantern.refresh_from_db()
    assert (lantern.price_kinds, lantern.price_line) == ([], "")
    assert lantern.has_free_plan is False


def test_plans_stand_in_the_order_they_were_made(as_hana, lantern):
    codes = ["b", "a", "c"]
    for code in codes:
        offer(as_hana, lantern, code=code)

    assert [plan.code for plan in Plan.objects.all()] == codes


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"code": "Not a slug"}, ["code"]),
        ({"code": "x" * 41}, ["code"]),
        ({"name": " "}, ["name"]),
        ({"name": "n" * 81, "summary": "s" * 241}, ["name", "summary"]),
        ({"summary": "\x00"}, ["summary"]),
        ({"kind": "gift"}, ["kind"]),
        ({"kind": "free"}, ["tariff"]),
        ({"kind": "subscription"}, ["tariff.recurring"]),
        ({"kind": "commitment"}, ["tariff.minimum"]),
        ({"kind": "license"}, ["tariff.license"]),
        ({"kind": "private"}, ["buyer"]),
        ({"tariff": FREE}, ["tariff"]),
        ({"effective_from": NOON - timedelta(seconds=1)}, ["effective_from"]),
    ],
)
def test_refuses_what_would_surprise_a_buyer(as_hana, lantern, clock, changes, fields):
    assert wrong(as_hana, lantern, **changes) == fields
    assert not Plan.objects.exists()


def test_a_code_is_used_once(as_hana, lantern):
    offer(as_hana, lantern)

    assert wrong(as_hana, lantern) == ["code"]


def test_only_who_writes_for_the_author_makes_plans(as_alice, as_hana, bob, acme, lantern):
    plan = offer(as_hana, lantern)

    with pytest.raises(Forbidden):
        offer(as_alice, lantern, code="mine")
    with pytest.raises(Forbidden):
        set_price(by=caller_of(bob, acme), plan=plan, tariff=DEARER)
    with pytest.raises(Forbidden):
        deactivate_plan(by=as_alice, plan=plan)

    assert Plan.objects.get().is_active
    assert Price.objects.count() == 1


def test_a_viewer_of_the_author_may_not(as_hana, harbor, bob, lantern):
    Membership.objects.create(organization=harbor, user=bob, role="viewer")

    with pytest.raises(PermissionMissing):
        offer(caller_of(bob, harbor), lantern)


def test_the_platform_makes_plans_of_the_author(harbor, lantern):
    plan = offer(None, lantern)

    assert plan.organization == harbor
    assert AuditEvent.objects.get(action="plan.create").actor_kind == "platform"


def test_a_new_price_follows_the_old_one_from_its_date(as_hana, lantern, clock):
    plan = offer(as_hana, lantern)
    start = NOON + timedelta(days=30)

    price = set_price(by=as_hana, plan=plan, tariff=DEARER, effective_from=start)

    assert price.number == 2
    assert price_at(plan, start - timedelta(microseconds=1)).number == 1
    assert price_at(plan, start).number == 2
    assert AuditEvent.objects.get(action="plan.price").data["price"] == 2


def test_refuses_the_same_price_a_past_date_and_another_currency(as_hana, lantern, clock):
    plan = offer(as_hana, lantern)
    euros = read_tariff({**PER_TOKEN, "currency": "EUR"})

    with pytest.raises(Conflict):
        set_price(by=as_hana, plan=plan, tariff=TARIFF)
    for tariff, start in ((DEARER, NOON - timedelta(days=1)), (DEARER, NOON), (euros, None)):
        with pytest.raises(InvalidInput):
            set_price(by=as_hana, plan=plan, tariff=tariff, effective_from=start)

    assert Price.objects.count() == 1


def test_a_price_is_never_edited(as_hana, lantern):
    price = offer(as_hana, lantern).prices.get()
    price.currency = "EUR"

    for attempt in (
        price.save,
        price.delete,
        Price.objects.all().delete,
        lambda: Price.objects.update(currency="EUR"),
    ):
        with pytest.raises(PriceIsFixed):
            attempt()

    assert Price.objects.get().currency == "USD"


def test_the_database_itself_refuses_to_change_a_price(as_hana, lantern):
    offer(as_hana, lantern)

    with pytest.raises(IntegrityError, match="a price is never changed"), connection.cursor() as db:
        db.execute("UPDATE billing_price SET currency = 'EUR'")


def test_a_withdrawn_plan_can_be_offered_again(as_hana, lantern):
    plan = offer(as_hana, lantern)

    deactivate_plan(by=as_hana, plan=plan)
    deactivate_plan(by=as_hana, plan=plan)
    activate_plan(by=as_hana, plan=plan)

    plan.refresh_from_db()
    assert plan.is_active
    rows = AuditEvent.objects.filter(action__contains="activate").order_by("created_at")
    assert [row.action for row in rows] == ["plan.deactivate", "plan.activate"]


def test_the_price_line_is_that_of_the_price_in_force(as_hana, lantern, clock):
    plan = offer(as_hana, lantern, effective_from=NOON + timedelta(days=1))

    lantern.refresh_from_db()
    assert lantern.price_line == describe(tariff_of(plan.prices.get()))
