"""The end of a prediction happens once, with its money, or not at all."""

from datetime import timedelta

import pytest

from accounts.models import DataPolicy
from billing.models import CreditAccount, Hold, UsageEvent
from inference.models import Prediction, PredictionStatus
from inference.services.canceling import CANCELED
from inference.services.claims import claim
from inference.services.outcomes import CRASHED, failed
from inference.services.settlement import settle, settle_abandoned, settle_waiting
from inference.types import Outcome
from tests.factories.inference import waiting_prediction

pytestmark = pytest.mark.django_db
DONE = Outcome(
    status=PredictionStatus.SUCCEEDED,
    output={"answer": 42},
    output_digest="0" * 64,
    usage={"requests": 1},
    finish_reason="stop",
    timings_ms={"run": 1.5},
    device="cpu",
)


@pytest.fixture
def claimed(as_alice, shield):
    return claim(waiting_prediction(as_alice, shield).pk)


def test_writes_result_usage_and_money_together(claimed):
    finished = settle(claimed.prediction.pk, claimed.attempt, DONE)

    assert (finished.status, finished.output) == ("succeeded", {"answer": 42})
    assert finished.cost_nano == 2_000_000
    assert UsageEvent.objects.get().quantities == {"requests": 1}
    assert CreditAccount.objects.get(is_test=False).held_nano == 0
    assert finished.timings_ms["run"] == 1.5


def test_a_second_result_changes_nothing(claimed):
    settle(claimed.prediction.pk, claimed.attempt, DONE)
    before = Prediction.objects.values().get()

    assert settle(claimed.prediction.pk, claimed.attempt, DONE) is None
    assert Prediction.objects.values().get() == before
    assert UsageEvent.objects.count() == 1


def test_a_result_under_an_older_claim_changes_nothing(claimed):
    Prediction.objects.update(attempt=2)

    assert settle(claimed.prediction.pk, 1, DONE) is None
    assert Prediction.objects.get().status == "processing"
    assert UsageEvent.objects.count() == 0


def test_a_platform_fault_is_free(claimed):
    finished = settle(claimed.prediction.pk, claimed.attempt, failed(CRASHED))

    assert (finished.status, finished.cost_nano) == ("failed", 0)
    assert finished.error["fault"] == "platform"
    assert Hold.objects.get().state == "released"
    assert UsageEvent.objects.count() == 0


def test_a_canceled_run_is_billed_for_what_it_delivered(claimed):
    partly = Outcome(status="canceled", output={"a": 1}, usage={"requests": 1})

    finished = settle(claimed.prediction.pk, claimed.attempt, partly)

    assert (finished.status, finished.cost_nano) == ("canceled", 2_000_000)


def test_a_canceled_run_that_delivered_nothing_is_free(claimed):
    finished = settle(claimed.prediction.pk, claimed.attempt, CANCELED)

    assert (finished.status, finished.cost_nano) == ("canceled", 0)
    assert UsageEvent.objects.count() == 0


def test_finishes_what_nobody_claimed(as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)

    finished = settle_waiting(waiting.pk, failed(CRASHED))

    assert (finished.status, finished.runtime_digest) == ("failed", "")


def test_leaves_a_claimed_prediction_to_its_holder(claimed):
    assert settle_waiting(claimed.prediction.pk, CANCELED) is None
    assert settle_abandoned(claimed.prediction.pk, claimed.attempt, CANCELED) is None
    assert Prediction.objects.get().status == "processing"


@pytest.mark.parametrize(("hours", "kept"), [(24, timedelta(hours=24)), (0, timedelta(minutes=10))])
def test_keeps_bodies_as_long_as_the_organization_says(claimed, acme, hours, kept):
    DataPolicy.objects.filter(organization=acme).update(body_retention_hours=hours)

    finished = settle(claimed.prediction.pk, claimed.attempt, DONE)

    assert finished.bodies_until - finished.completed_at == kept


def test_a_billing_failure_leaves_nothing_half_done(claimed, monkeypatch):
    def fail(**_):
        raise RuntimeError("the ledger is on fire")

    monkeypatch.setattr("inference.services.settlement.metering.settle", fail)

    with pytest.raises(RuntimeError):
        settle(claimed.prediction.pk, claimed.attempt, DONE)

    assert Prediction.objects.get().status == "processing"
    assert Prediction.objects.get().output is None
    assert Hold.objects.get().state == "open"
