"""Tasks parse and call one service."""

import pytest

from inference import tasks
from inference.models import Prediction, WebhookDelivery
from inference.services import deliveries, engines
from inference.types import WebhookTarget
from marketplace.celery import app
from tests.factories.inference import waiting_prediction

pytestmark = pytest.mark.django_db


def test_runs_a_prediction(as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)

    tasks.run_prediction(prediction_id=str(waiting.pk))

    assert Prediction.objects.get().status == "succeeded"


def test_tries_one_report(as_alice, shield, monkeypatch):
    target = WebhookTarget("https://buyer.example/hook")
    waiting = waiting_prediction(as_alice, shield, webhook=target)
    monkeypatch.setattr(deliveries, "post", lambda *_: deliveries.Answer(204))
    tasks.run_prediction(prediction_id=str(waiting.pk))

    tasks.deliver_webhook(delivery_id=str(WebhookDelivery.objects.get().pk))

    assert WebhookDelivery.objects.get().last_status == 204


@pytest.mark.parametrize(
    ("task", "service"),
    [
        ("sweep", "sweeping.sweep"),
        ("deliver_due_webhooks", "deliveries.deliver_due"),
        ("remove_expired_bodies", "retention.remove_expired_bodies"),
        ("record_call_facets", "facets.record_call_facets"),
    ],
)
def test_what_runs_by_the_clock_calls_its_service(task, service, monkeypatch):
    called = []
    monkeypatch.setattr(f"inference.tasks.{service}", lambda: called.append(service))

    getattr(tasks, task)()

    assert called == [service]


def test_the_clock_knows_every_task_by_its_name():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert {name for name in scheduled if name.startswith("inference.")} <= set(app.tasks)


def test_a_worker_that_ends_drops_its_models(monkeypatch):
    stopped = []
    monkeypatch.setattr(tasks, "stop_engine", lambda: stopped.append(True))

    tasks.drop_models(sender=None, signal=None)

    assert stopped == [True]


def test_a_stopped_engine_is_made_anew(as_alice, shield):
    first = engines.engine()
    engines.stop_engine()

    assert engines.engine() is not first


def test_a_forked_process_gets_an_engine_of_its_own(monkeypatch):
    first = engines.engine()
    monkeypatch.setattr(engines.os, "getpid", lambda: -1)

    second = engines.engine()

    assert second is not first
    first.close()
