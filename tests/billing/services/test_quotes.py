from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.errors import PermissionMissing
from billing.errors import NoPlan, QuoteNotUsable
from billing.models import Hold, Quote, UsageEvent
from billing.pricing import read_tariff
from billing.services.access import admit
from billing.services.plans import set_price
from billing.services.quotes import quote
from marketplace.core.errors import Conflict, NotFound
from tests.billing.conftest import DOLLAR, NOON, account_of
from tests.conftest import caller_of
from tests.factories.billing import PER_TOKEN, entitled, make_plan, settle_call
from tests.factories.catalog import published_listing

DIGEST = "ab" * 32
LIKELY = {"input_tokens": 1_000, "output_tokens": 100}
MOST = {"input_tokens": 1_000, "output_tokens": 1_000}


def ask(by, listing, **changes):
    given = {"input_digest": DIGEST, "expected": LIKELY, "maximum": MOST}
    return quote(by=by, listing=listing, **{**given, **changes})


def call(by, listing, made, **changes):
    given = {"source_id": uuid4(), "maximum": MOST, "quote_id": made.pk, "input_digest": DIGEST}
    return admit(by=by, listing=listing, **{**given, **changes})


def refused(*args, **changes) -> str:
    with pytest.raises(QuoteNotUsable) as found:
        call(*args, **changes)
    assert not Hold.objects.exists()
    return found.value.detail


def test_a_quote_says_what_is_likely_and_what_is_the_most(as_alice, acme, lantern, clock):
    entitled(acme, lantern)

    made = ask(as_alice, lantern)

    assert (made.expected_nano, made.maximum_nano) == (140_000, 500_000)
    assert made.expires_at == NOON + timedelta(minutes=15)
    assert sum(line["amount_nano"] for line in made.lines) == made.maximum_nano
    assert not Hold.objects.exists()


def test_without_a_subscription_it_uses_the_default_plan(as_alice, lantern):
    make_plan(lantern, code="pay")

    assert ask(as_alice, lantern).price.plan.code == "pay"


def test_another_plan_without_a_fee_can_be_asked_for(as_alice, acme, lantern):
    entitled(acme, lantern)
    free = make_plan(lantern, {"currency": "USD"}, code="free", kind="free")
    paid = make_plan(
        lantern, {**PER_TOKEN, "recurring": {"fee": "9"}}, code="sub", kind="subscription"
    )

    assert ask(as_alice, lantern, plan=free).maximum_nano == 0
    with pytest.raises(Conflict):
        ask(as_alice, lantern, plan=paid)


def test_plans_of_other_listings_and_other_buyers_are_not_found(
    as_alice, harbor, elsewhere, lantern
):
    other = make_plan(published_listing(organization=harbor))
    private = make_plan(lantern, code="deal", kind="private", buyer=elsewhere)

    for plan in (other, private):
        with pytest.raises(NotFound):
            ask(as_alice, lantern, plan=plan)

    assert not Quote.objects.exists()


def test_a_listing_without_plans_has_no_quote(as_alice, lantern):
    with pytest.raises(NoPlan):
        ask(as_alice, lantern)


def test_who_may_not_call_may_not_ask(bob, acme, lantern):
    entitled(acme, lantern)

    with pytest.raises(PermissionMissing):
        ask(caller_of(bob, acme), lantern)


def test_a_quote_is_honored_after_the_price_rose(as_alice, acme, as_hana, lantern, clock):
    plan = make_plan(lantern)
    entitled(acme, lantern, plan)
    made = ask(as_alice, lantern)
    dear = {**PER_TOKEN, "charges": [{**PER_TOKEN["charges"][0], "price": "9"}]}
    set_price(by=as_hana, plan=plan, tariff=read_tariff(dear))
    clock.shift(timedelta(minutes=14))
    source_id = uuid4()

    admission = call(as_alice, lantern, made, source_id=source_id)
    settled = settle_call(as_alice, lantern, source_id, admission, MOST)

    assert (admission.price_id, admission.maximum_nano) == (made.price_id, 500_000)
    assert settled.cost_nano == 500_000
    assert UsageEvent.objects.get().price == made.price
    assert account_of(acme) == (10 * DOLLAR - 500_000, 0)


def test_a_quote_needs_no_subscription(as_alice, lantern):
    make_plan(lantern)

    assert call(as_alice, lantern, ask(as_alice, lantern)).entitlement_id is None


def test_a_quote_is_firm_when_the_allowance_was_used_up_meanwhile(as_alice, acme, lantern):
    plan = make_plan(lantern, {**PER_TOKEN, "free": {"input_tokens": 1_000}})
    entitled(acme, lantern, plan)
    just = {"input_tokens": 1_000}
    made = ask(as_alice, lantern, expected=just, maximum=just)
    other = uuid4()
    admission = admit(by=as_alice, listing=lantern, source_id=other, maximum=MOST)
    settle_call(as_alice, lantern, other, admission, {"input_tokens": 1_000})
    source_id = uuid4()

    admission = call(as_alice, lantern, made, source_id=source_id, maximum={"input_tokens": 1_000})
    settled = settle_call(as_alice, lantern, source_id, admission, {"input_tokens": 1_000})

    assert (made.maximum_nano, settled.cost_nano) == (0, 0)
    assert account_of(acme) == (10 * DOLLAR, 0)


def test_a_quote_is_for_one_call(as_alice, lantern):
    make_plan(lantern)
    made = ask(as_alice, lantern)
    call(as_alice, lantern, made)

    with pytest.raises(QuoteNotUsable, match="used by another call"):
        call(as_alice, lantern, made)

    assert Hold.objects.count() == 1


def test_a_quote_ends_after_a_quarter_of_an_hour(as_alice, lantern, clock):
    make_plan(lantern)
    made = ask(as_alice, lantern)
    clock.shift(timedelta(minutes=15))

    assert "time is over" in refused(as_alice, lantern, made)


def test_a_quote_is_for_its_input_and_its_quantities(as_alice, lantern):
    make_plan(lantern)
    made = ask(as_alice, lantern)

    assert "another input" in refused(as_alice, lantern, made, input_digest="cd" * 32)
    longer = {**MOST, "output_tokens": 1_001}
    assert "covers 1000 of output_tokens; this may use 1001" in refused(
        as_alice, lantern, made, maximum=longer
    )


def test_nobody_uses_anothers_quote_or_one_of_another_listing(
    as_alice, as_charlie, harbor, lantern
):
    make_plan(lantern)
    made = ask(as_alice, lantern)
    other = published_listing(organization=harbor)

    assert "There is no quote" in refused(as_charlie, lantern, made)
    assert "There is no quote" in refused(as_alice, other, made)
    assert "There is no quote" in refused(as_alice, lantern, made, quote_id="not-an-id")
