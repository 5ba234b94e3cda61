"""Leases are renewed and cancels are heard, without a database of the test's own."""

import time
from datetime import timedelta

import pytest

from inference.models import Prediction
from inference.services import heartbeat as module
from inference.services.claims import claim
from inference.services.heartbeat import Heartbeat, Watched
from marketplace.core.clock import now
from tests.factories.inference import waiting_prediction
from tests.inference.engine.test_memory import eventually


@pytest.fixture
def beat(monkeypatch):
    """A heartbeat whose look at the database is done by the test, on its own connection."""
    monkeypatch.setattr(module.connection, "close", lambda: None)
    return Heartbeat()


def watched(prediction, attempt):
    return Watched(prediction.pk, attempt)


@pytest.mark.django_db
def test_renews_the_lease_of_what_it_watches(as_alice, shield, beat):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)
    Prediction.objects.update(lease_until=now())

    beat._look_after([watched(waiting, 1)])

    assert Prediction.objects.get().lease_until > now() + timedelta(seconds=20)


@pytest.mark.django_db
def test_renews_the_wait_of_a_caller(as_alice, shield, beat):
    waiting = waiting_prediction(as_alice, shield)

    beat._look_after([watched(waiting, 0)])

    assert Prediction.objects.get().lease_until > now()


@pytest.mark.django_db
def test_does_not_renew_what_is_past_its_deadline(as_alice, shield, beat):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)
    Prediction.objects.update(lease_until=now(), deadline_at=now())

    beat._look_after([watched(waiting, 1)])

    assert Prediction.objects.get().lease_until <= now()


@pytest.mark.django_db
def test_hears_that_a_call_was_canceled(as_alice, shield, beat):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)
    Prediction.objects.update(cancel_requested_at=now())
    one = watched(waiting, 1)

    beat._look_after([one])

    assert (one.stop.is_set(), one.is_canceled) == (True, True)


@pytest.mark.django_db
def test_stops_what_somebody_else_has_claimed(as_alice, shield, beat):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)
    Prediction.objects.update(attempt=2)
    one = watched(waiting, 1)

    beat._look_after([one])

    assert (one.stop.is_set(), one.is_canceled) == (True, False)


def test_beats_only_while_something_is_watched(monkeypatch):
    seen = []
    monkeypatch.setattr(module, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(Heartbeat, "_look_after", lambda self, old: seen.append(len(old)))
    beat = Heartbeat()

    one = beat.watch("a", 1)
    assert eventually(lambda: len(seen) > 1)
    beat.forget(one)

    assert eventually(lambda: beat._thread is None)
    count = len(seen)
    time.sleep(0.05)
    assert len(seen) == count


def test_survives_a_database_that_is_away(beat, monkeypatch, caplog):
    def fail(self, one):
        raise module.DatabaseError

    monkeypatch.setattr(Heartbeat, "_hear", fail)

    beat._look_after([Watched("a", 1)])

    assert "not renewed" in caplog.text


def test_an_older_watch_does_not_forget_a_newer_one(beat, monkeypatch):
    monkeypatch.setattr(Heartbeat, "_look_after", lambda self, old: None)
    old, new = beat.watch("a", 1), beat.watch("a", 2)

    beat.forget(old)

    assert beat._watched == {"a": new}
    beat.forget(new)
