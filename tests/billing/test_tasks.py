from datetime import UTC, datetime

from billing.models import Entitlement, Hold
from billing.tasks import close, release_expired
from marketplace.celery import app
from tests.billing.conftest import NOON
from tests.factories.billing import PER_TOKEN, entitled, make_call, make_plan


def test_the_clock_gives_expired_holds_back(as_alice, acme, lantern, clock):
    entitled(acme, lantern)
    make_call(as_alice, lantern, maximum={"input_tokens": 10}, expires_at=NOON)

    release_expired()

    assert Hold.objects.get().state == "expired"


def test_the_clock_closes_periods(as_alice, acme, lantern, clock):
    plan = make_plan(lantern, {**PER_TOKEN, "recurring": {"fee": "99"}}, kind="subscription")
    entitled(acme, lantern, plan)
    Entitlement.objects.update(period_ends_on=datetime(2026, 11, 1, tzinfo=UTC).date())

    close()

    assert Entitlement.objects.get().end_reason == "unpaid"


def test_every_task_of_billing_is_on_the_clock():
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert {"billing.release_expired_holds", "billing.close_periods"} <= scheduled
