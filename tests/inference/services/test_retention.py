"""Bodies go in time; the rest stays."""

from datetime import timedelta

import pytest
import time_machine

from inference.models import Prediction, PredictionPiece, WebhookDelivery
from inference.services.predictions import create
from inference.services.retention import remove_expired_bodies
from inference.types import WebhookTarget
from marketplace.core.clock import now
from tests.factories.inference import request_of, waiting_prediction

pytestmark = pytest.mark.django_db


def test_removes_bodies_when_their_time_is_over(as_alice, shield):
    prediction = create(by=as_alice, request=request_of(shield))

    with time_machine.travel(now() + timedelta(hours=25)):
        assert remove_expired_bodies() == 1
        assert remove_expired_bodies() == 0

    row = Prediction.objects.get()
    assert (row.input, row.output) == (None, None)
    assert row.bodies_removed_at is not None
    assert (row.input_digest, row.output_digest) == (
        prediction.input_digest,
        prediction.output_digest,
    )
    assert (row.cost_nano, row.usage) == (2_000_000, prediction.usage)


def test_keeps_bodies_until_then(as_alice, shield):
    create(by=as_alice, request=request_of(shield))

    with time_machine.travel(now() + timedelta(hours=23)):
        assert remove_expired_bodies() == 0

    assert Prediction.objects.get().output is not None


def test_keeps_the_input_of_what_is_not_finished(as_alice, shield):
    waiting_prediction(as_alice, shield)

    with time_machine.travel(now() + timedelta(days=30)):
        assert remove_expired_bodies() == 0


def test_removes_every_copy(as_alice, shield):
    target = WebhookTarget("https://buyer.example/hook")
    prediction = create(by=as_alice, request=request_of(shield, webhook=target))
    PredictionPiece.objects.create(prediction=prediction, attempt=1, sequence=0, content=["x"])

    with time_machine.travel(now() + timedelta(hours=25)):
        remove_expired_bodies()

    assert PredictionPiece.objects.count() == 0
    delivery = WebhookDelivery.objects.get()
    assert (delivery.payload, delivery.next_attempt_at) == ("", None)
