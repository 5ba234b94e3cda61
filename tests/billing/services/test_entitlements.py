from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent
from billing.errors import InsufficientCredit, KeyIsForTests, NoEntitlement
from billing.models import Entitlement, Fee
from billing.pricing import read_tariff
from billing.services.entitlements import close_periods, end, subscribe
from billing.services.plans import deactivate_plan, set_price
from marketplace.core.errors import Conflict, NotFound
from tests.billing.conftest import DOLLAR, NOON, account_of, key_of
from tests.conftest import caller_of
from tests.factories.billing import make_call, make_plan
from tests.factories.catalog import make_listing

PER_REQUEST = {"kind": "unit", "meter": "requests", "price": "1"}
MONTHLY = {
    "currency": "USD",
    "charges": [PER_REQUEST],
    "recurring": {"fee": "3", "included": {"requests": 2}},
}


def monthly(listing, **changes):
    return make_plan(listing, {**MONTHLY, **changes}, code="monthly", kind="subscription")


def fees() -> list[tuple[str, str, int]]:
    rows = Fee.objects.order_by("charged_at", "created_at")
    return [(one.kind, str(one.period_start), one.amount_nano) for one in rows]


def actions() -> list[str]:
    """Return what was audited, sorted: the clock stands still."""
    rows = AuditEvent.objects.filter(action__startswith="entitlement.")
    return sorted(row.action for row in rows)


def test_one_click_begins_a_plan_at_its_price_in_force(as_alice, acme, lantern, clock):
    plan = make_plan(lantern)

    entitlement = subscribe(by=as_alice, plan=plan)

    assert (entitlement.state, entitlement.price) == ("active", plan.prices.get())
    assert (entitlement.anchor_on, entitlement.period_ends_on) == (date(2026, 11, 1), None)
    assert entitlement.started_by == as_alice.user
    assert actions() == ["entitlement.begin"]
    make_call(as_alice, lantern, maximum={})


def test_subscribing_again_keeps_the_plan(as_alice, lantern):
    plan = make_plan(lantern)

    assert subscribe(by=as_alice, plan=plan) == subscribe(by=as_alice, plan=plan)
    assert Entitlement.objects.count() == 1
    assert actions() == ["entitlement.begin"]


def test_another_plan_replaces_the_active_one(as_alice, acme, lantern):
    first = subscribe(by=as_alice, plan=make_plan(lantern))

    second = subscribe(by=as_alice, plan=make_plan(lantern, code="other"))

    first.refresh_from_db()
    assert (first.state, first.end_reason) == ("ended", "replaced")
    assert Entitlement.objects.get(state="active") == second
    assert actions() == ["entitlement.begin", "entitlement.begin", "entitlement.replace"]


def test_viewers_and_test_keys_cannot_buy(as_alice, bob, acme, lantern):
    plan = make_plan(lantern)

    with pytest.raises(PermissionMissing):
        subscribe(by=caller_of(bob, acme), plan=plan)
    with pytest.raises(KeyIsForTests):
        subscribe(by=key_of(as_alice, is_test=True), plan=plan)

    assert not Entitlement.objects.exists()


def test_a_plan_that_is_not_offered_cannot_be_found(as_alice, as_hana, elsewhere, harbor, lantern):
    withdrawn = deactivate_plan(by=as_hana, plan=make_plan(lantern, code="old"))
    private = make_plan(lantern, code="offer", kind="private", buyer=elsewhere)
    draft = make_plan(make_listing(organization=harbor))

    for plan in (withdrawn, private, draft):
        with pytest.raises(NotFound):
            subscribe(by=as_alice, plan=plan)

    assert not Entitlement.objects.exists()


def test_a_private_offer_is_for_its_buyer(as_charlie, elsewhere, lantern):
    plan = make_plan(lantern, code="offer", kind="private", buyer=elsewhere)

    assert subscribe(by=as_charlie, plan=plan).plan == plan


def test_a_plan_whose_price_is_announced_waits(as_alice, lantern, clock):
    plan = make_plan(lantern)
    clock.move_to(datetime(2025, 1, 1, tzinfo=UTC))

    with pytest.raises(Conflict):
        subscribe(by=as_alice, plan=plan)

    assert not Entitlement.objects.exists()


def test_a_subscription_is_paid_at_once_and_months_begin_on_its_day(as_alice, acme, lantern, clock):
    entitlement = subscribe(by=as_alice, plan=monthly(lantern))

    assert entitlement.anchor_on == date(2026, 11, 24)
    assert entitlement.period_ends_on == date(2026, 12, 24)
    assert fees() == [("base", "2026-11-24", 3 * DOLLAR)]
    assert account_of(acme) == (7 * DOLLAR, 0)


def test_a_fee_that_the_credit_does_not_cover_changes_nothing(as_alice, acme, lantern):
    first = subscribe(by=as_alice, plan=make_plan(lantern))

    with pytest.raises(InsufficientCredit, match=r"\$11\.00, and \$10\.00"):
        subscribe(by=as_alice, plan=monthly(lantern, recurring={"fee": "11"}))

    assert Entitlement.objects.get() == first
    assert first.state == "active"
    assert fees() == []
    assert account_of(acme) == (10 * DOLLAR, 0)


def test_included_quantities_come_again_every_month(as_alice, acme, lantern, clock):
    subscribe(by=as_alice, plan=monthly(lantern))
    for _ in range(3):
        make_call(as_alice, lantern, maximum={}, used={})
    assert account_of(acme) == (6 * DOLLAR, 0)
    clock.move_to(datetime(2026, 12, 24, 1, tzinfo=UTC))

    assert close_periods() == 1
    make_call(as_alice, lantern, maximum={}, used={})

    assert fees()[1:] == [("base", "2026-12-24", 3 * DOLLAR)]
    assert account_of(acme) == (3 * DOLLAR, 0)


def test_a_canceled_subscription_runs_to_the_end_of_its_month(as_alice, acme, lantern, clock):
    entitlement = subscribe(by=as_alice, plan=monthly(lantern))

    ended = end(by=as_alice, entitlement=entitlement)
    again = end(by=as_alice, entitlement=entitlement)
    make_call(as_alice, lantern, maximum={}, used={})
    clock.move_to(datetime(2026, 12, 24, tzinfo=UTC))

    assert ended.ends_at == again.ends_at == datetime(2026, 12, 24, tzinfo=UTC)
    with pytest.raises(NoEntitlement):
        make_call(as_alice, lantern, maximum={})
    assert close_periods() == 1
    entitlement.refresh_from_db()
    assert (entitlement.state, entitlement.end_reason) == ("ended", "canceled")
    assert fees() == [("base", "2026-11-24", 3 * DOLLAR)]


def test_who_changes_their_mind_keeps_the_plan(as_alice, lantern, clock):
    plan = monthly(lantern)
    end(by=as_alice, entitlement=subscribe(by=as_alice, plan=plan))

    resumed = subscribe(by=as_alice, plan=plan)

    assert resumed.ends_at is None
    assert len(fees()) == 1
    assert actions() == ["entitlement.begin", "entitlement.end", "entitlement.resume"]


def test_who_leaves_and_returns_within_a_paid_month_does_not_pay_twice(
    as_alice, acme, lantern, clock
):
    plan = monthly(lantern)
    subscribe(by=as_alice, plan=plan)
    subscribe(by=as_alice, plan=make_plan(lantern))
    clock.shift(timedelta(days=3))

    back = subscribe(by=as_alice, plan=plan)

    assert back.period_ends_on == date(2026, 12, 24)
    assert len(fees()) == 1
    assert account_of(acme) == (7 * DOLLAR, 0)


def test_a_plan_without_periods_ends_at_once(as_alice, lantern, clock):
    entitlement = end(by=as_alice, entitlement=subscribe(by=as_alice, plan=make_plan(lantern)))

    assert (entitlement.state, entitlement.ended_at) == ("ended", NOON)
    with pytest.raises(NoEntitlement):
        make_call(as_alice, lantern, maximum={})


def test_nobody_ends_anothers_subscription(as_alice, as_charlie, lantern):
    entitlement = subscribe(by=as_alice, plan=make_plan(lantern))

    with pytest.raises(NotFound):
        end(by=as_charlie, entitlement=entitlement)

    entitlement.refresh_from_db()
    assert entitlement.state == "active"


def test_a_subscription_that_is_not_paid_for_ends(as_alice, acme, lantern, clock):
    entitlement = subscribe(by=as_alice, plan=monthly(lantern, recurring={"fee": "6"}))
    clock.move_to(datetime(2026, 12, 25, tzinfo=UTC))

    assert close_periods() == 1

    entitlement.refresh_from_db()
    assert (entitlement.state, entitlement.end_reason) == ("ended", "unpaid")
    assert len(fees()) == 1
    assert account_of(acme) == (4 * DOLLAR, 0)


def test_missed_months_are_made_up_one_by_one(as_alice, acme, lantern, clock):
    subscribe(by=as_alice, plan=monthly(lantern))
    clock.move_to(datetime(2027, 1, 24, tzinfo=UTC))

    assert close_periods() == 2
    assert close_periods() == 0

    assert [start for _, start, _ in fees()] == ["2026-11-24", "2026-12-24", "2027-01-24"]
    assert account_of(acme) == (DOLLAR, 0)


def test_a_paid_month_keeps_its_price_and_the_next_takes_the_new_one(
    as_alice, as_hana, acme, lantern, clock
):
    plan = monthly(lantern)
    entitlement = subscribe(by=as_alice, plan=plan)
    dearer = read_tariff({**MONTHLY, "recurring": {"fee": "4"}})
    set_price(by=as_hana, plan=plan, tariff=dearer, effective_from=NOON + timedelta(days=2))
    clock.move_to(datetime(2026, 12, 24, tzinfo=UTC))

    close_periods()

    entitlement.refresh_from_db()
    assert entitlement.price.number == 2
    assert [amount for _, _, amount in fees()] == [3 * DOLLAR, 4 * DOLLAR]


def test_a_yearly_fee_is_due_once_a_year_and_allowances_come_monthly(
    as_alice, acme, lantern, clock
):
    plan = monthly(lantern, recurring={"fee": "3", "interval": "year", "included": {"requests": 1}})
    subscribe(by=as_alice, plan=plan)
    make_call(as_alice, lantern, maximum={}, used={})
    clock.move_to(datetime(2027, 2, 1, tzinfo=UTC))

    assert close_periods() == 2
    make_call(as_alice, lantern, maximum={}, used={})

    assert len(fees()) == 1
    assert account_of(acme) == (7 * DOLLAR, 0)


def test_a_license_is_paid_once_for_good(as_alice, acme, lantern, clock):
    tariff = {"currency": "USD", "license": {"fee": "5"}}
    plan = make_plan(lantern, tariff, code="files", kind="license")
    end(by=as_alice, entitlement=subscribe(by=as_alice, plan=plan))
    clock.shift(timedelta(days=100))

    subscribe(by=as_alice, plan=plan)

    assert fees() == [("license", "2026-11-01", 5 * DOLLAR)]
    assert account_of(acme) == (5 * DOLLAR, 0)


def committed(listing):
    tariff = {"currency": "USD", "charges": [PER_REQUEST], "minimum": "4"}
    return make_plan(listing, tariff, code="committed", kind="commitment")


def test_what_a_commitment_lacks_is_charged_when_the_month_ends(as_alice, acme, lantern, clock):
    subscribe(by=as_alice, plan=committed(lantern))
    make_call(as_alice, lantern, maximum={}, used={})
    clock.move_to(datetime(2026, 12, 24, tzinfo=UTC))

    close_periods()

    assert fees() == [("true_up", "2026-11-24", 3 * DOLLAR)]
    assert account_of(acme) == (6 * DOLLAR, 0)


def test_a_commitment_that_is_reached_adds_nothing(as_alice, acme, lantern, clock):
    subscribe(by=as_alice, plan=committed(lantern))
    for _ in range(5):
        make_call(as_alice, lantern, maximum={}, used={})
    clock.move_to(datetime(2026, 12, 24, tzinfo=UTC))

    close_periods()

    assert fees() == []
    assert account_of(acme) == (5 * DOLLAR, 0)


def test_leaving_a_commitment_settles_its_month(as_alice, acme, lantern, clock):
    subscribe(by=as_alice, plan=committed(lantern))

    subscribe(by=as_alice, plan=make_plan(lantern))

    assert fees() == [("true_up", "2026-11-24", 4 * DOLLAR)]
    assert account_of(acme) == (6 * DOLLAR, 0)


def test_a_commitment_above_the_credit_is_refused(as_alice, acme, lantern):
    tariff = {"currency": "USD", "charges": [PER_REQUEST], "minimum": "10.01"}
    plan = make_plan(lantern, tariff, code="committed", kind="commitment")

    with pytest.raises(InsufficientCredit):
        subscribe(by=as_alice, plan=plan)

    assert not Entitlement.objects.exists()


def test_volume_prices_are_settled_when_the_month_ends(as_alice, acme, lantern, clock):
    tiers = [{"up_to": 2, "price": "1"}, {"up_to": None, "price": "0.5"}]
    charge = {"kind": "volume", "meter": "requests", "tiers": tiers}
    plan = make_plan(lantern, {"currency": "USD", "charges": [charge]})
    subscribe(by=as_alice, plan=plan)
    for _ in range(4):
        make_call(as_alice, lantern, maximum={}, used={})
    assert account_of(acme) == (7 * DOLLAR, 0)
    clock.move_to(datetime(2026, 12, 24, tzinfo=UTC))

    close_periods()

    assert fees() == [("volume", "2026-11-24", -DOLLAR)]
    assert account_of(acme) == (8 * DOLLAR, 0)


def test_every_step_is_audited(as_alice, lantern, clock):
    subscribe(by=as_alice, plan=monthly(lantern))
    clock.move_to(datetime(2026, 12, 24, tzinfo=UTC))
    close_periods()

    rows = AuditEvent.objects.values_list("action", "actor_kind")
    ours = [row for row in rows if row[0].split(".")[0] in ("entitlement", "fee", "credit")]
    assert sorted(ours) == [
        ("credit.grant", "platform"),
        ("entitlement.begin", "user"),
        ("entitlement.renew", "platform"),
        ("fee.charge", "platform"),
        ("fee.charge", "platform"),
    ]
