"""Stopping predictions."""

import pytest

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent
from billing.models import Hold
from inference.errors import AlreadyFinal
from inference.models import Prediction
from inference.services.claims import claim
from inference.services.heartbeat import heartbeat
from inference.services.predictions import cancel, create
from tests.conftest import caller_of
from tests.factories.inference import request_of, waiting_prediction

pytestmark = pytest.mark.django_db


def test_cancels_what_nobody_runs_at_once(as_alice, shield):
    canceled = cancel(by=as_alice, prediction=waiting_prediction(as_alice, shield))

    assert (canceled.status, canceled.cost_nano) == ("canceled", 0)
    assert Hold.objects.get().state == "released"
    assert AuditEvent.objects.filter(action="prediction.cancel").count() == 1


def test_asks_the_holder_of_a_running_one(as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)

    canceled = cancel(by=as_alice, prediction=waiting)

    assert canceled.status == "processing"
    assert canceled.cancel_requested_at is not None


def test_tells_this_process_without_delay(as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)
    watched = heartbeat.watch(waiting.pk, claim(waiting.pk).attempt)

    cancel(by=as_alice, prediction=waiting)

    heartbeat.forget(watched)
    assert watched.stop.is_set()


def test_refuses_to_cancel_what_is_finished(as_alice, shield):
    finished = create(by=as_alice, request=request_of(shield))

    with pytest.raises(AlreadyFinal, match="succeeded"):
        cancel(by=as_alice, prediction=finished)

    assert Prediction.objects.get().status == "succeeded"
    assert AuditEvent.objects.filter(action="prediction.cancel").count() == 0


def test_refuses_a_viewer(as_alice, bob, acme, shield):
    waiting = waiting_prediction(as_alice, shield)

    with pytest.raises(PermissionMissing):
        cancel(by=caller_of(bob, acme), prediction=waiting)

    assert Prediction.objects.get().status == "starting"
