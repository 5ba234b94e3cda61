"""One holder at a time: claims, leases and fences."""

from datetime import timedelta

import pytest
import time_machine

from inference.models import Prediction, WebhookDelivery
from inference.services.claims import MOST_ATTEMPTS, claim, held, mine, worker_name
from inference.services.outcomes import EXPIRED, failed
from inference.services.settlement import settle
from inference.types import WebhookTarget
from marketplace.core.clock import now
from tests.factories.inference import waiting_prediction

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(as_alice, shield):
    return waiting_prediction(as_alice, shield)


def test_claims_a_waiting_prediction(waiting):
    claimed = claim(waiting.pk)

    row = claimed.prediction
    assert (claimed.attempt, row.status, row.worker) == (1, "processing", worker_name())
    assert row.started_at is not None
    assert timedelta(0) < row.lease_until - now() <= timedelta(seconds=30)


def test_a_claimed_prediction_is_not_to_be_had(waiting):
    claim(waiting.pk)

    assert claim(waiting.pk) is None
    assert Prediction.objects.get().attempt == 1


def test_a_silent_holder_loses_its_claim(waiting):
    first = claim(waiting.pk)

    with time_machine.travel(now() + timedelta(seconds=31)):
        second = claim(waiting.pk)

    assert second.attempt == 2
    assert second.prediction.started_at == first.prediction.started_at
    assert not mine(waiting.pk, first.attempt).exists()
    assert mine(waiting.pk, second.attempt).exists()


def test_a_prediction_is_tried_so_often_only(waiting):
    Prediction.objects.update(attempt=MOST_ATTEMPTS)

    assert claim(waiting.pk) is None


def test_nobody_starts_what_was_canceled(waiting):
    Prediction.objects.update(cancel_requested_at=now())

    assert claim(waiting.pk) is None


def test_nobody_starts_what_is_past_its_deadline(waiting):
    with time_machine.travel(waiting.deadline_at + timedelta(seconds=1)):
        assert claim(waiting.pk) is None


def test_nobody_starts_what_is_final(waiting):
    settle(waiting.pk, claim(waiting.pk).attempt, failed(EXPIRED))

    assert claim(waiting.pk) is None


def test_an_unknown_prediction_is_not_to_be_had(db):
    assert claim("00000000-0000-7000-8000-000000000000") is None


def test_tells_which_claims_still_hold(waiting):
    claim(waiting.pk)

    assert held({waiting.pk: 1}).count() == 1
    assert held({waiting.pk: 2}).count() == 0
    assert held({}).count() == 0


def test_reports_the_start_to_who_wants_to_know(as_alice, shield):
    target = WebhookTarget("https://buyer.example/hook", ("start",))
    waiting = waiting_prediction(as_alice, shield, webhook=target)

    claim(waiting.pk)

    delivery = WebhookDelivery.objects.get()
    assert (delivery.event, '"status":"processing"' in delivery.payload) == ("start", True)
