"""Calls whose models run in workers look to their callers like any other."""

import pytest

from inference.dispatch.replies import hub
from inference.models import Prediction
from inference.services import places, working
from inference.services.claims import claim
from inference.services.predictions import create, stream
from inference.services.working import work
from inference.types import Mode, StreamKind
from tests.factories.inference import HELLO, request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(monkeypatch, settings):
    """A worker that runs a call the moment it is woken; replies go straight to the hub."""
    settings.STOA_ENGINE = "workers"
    monkeypatch.setattr(places, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(hub, "_start", lambda: hub._is_ready.set())
    monkeypatch.setattr(working, "send_reply", lambda to, reply: hub._take(reply.as_json(), None))

    def wake(prediction_id, *, queue, wants_replies):
        assert queue == "pool.cpu"
        work(prediction_id, reply_to=hub.address if wants_replies else "")

    monkeypatch.setattr(places, "wake_worker", wake)
    return monkeypatch


def test_waits_for_the_worker(broker, as_alice, shield):
    prediction = create(by=as_alice, request=request_of(shield))

    assert (prediction.status, prediction.attempt) == ("succeeded", 1)
    assert prediction.output["results"][0][0]["label"] == "attack"


def test_streams_what_the_worker_sends(broker, as_alice, chat):
    events = list(stream(by=as_alice, request=request_of(chat, HELLO, mode=Mode.STREAM)))

    shown = [one for one in events if one.kind is not StreamKind.IDLE]
    text = "".join(one.piece["text"] for one in shown if one.kind is StreamKind.OUTPUT)
    assert (shown[0].kind, shown[-1].kind) == (StreamKind.START, StreamKind.DONE)
    assert text == shown[-1].prediction.output["message"]["content"]


def test_lost_replies_cost_time_only(broker, as_alice, chat):
    broker.setattr(working, "send_reply", lambda to, reply: None)

    *pieces, last = stream(by=as_alice, request=request_of(chat, HELLO, mode=Mode.STREAM))

    text = "".join(one.piece["text"] for one in pieces if one.kind is StreamKind.OUTPUT)
    assert text == last.prediction.output["message"]["content"]


def test_a_reply_that_went_missing_is_read_from_the_row(broker, as_alice, chat):
    sent = []

    def lose_second(to, reply):
        sent.append(reply)
        if len(sent) != 2:
            hub._take(reply.as_json(), None)

    broker.setattr(working, "send_reply", lose_second)

    *pieces, last = stream(by=as_alice, request=request_of(chat, HELLO, mode=Mode.STREAM))

    text = "".join(one.piece["text"] for one in pieces if one.kind is StreamKind.OUTPUT)
    assert text == last.prediction.output["message"]["content"]


def test_who_waits_no_longer_gets_the_running_prediction(broker, as_alice, shield):
    broker.setattr(places, "wake_worker", lambda *_, **__: None)

    prediction = create(by=as_alice, request=request_of(shield, wait_seconds=0.1))

    assert (prediction.status, prediction.mode) == ("starting", "async")
    assert prediction.lease_until is None


def test_hanging_up_cancels_what_no_worker_has_claimed(broker, as_alice, chat):
    broker.setattr(places, "wake_worker", lambda *_, **__: None)
    events = stream(by=as_alice, request=request_of(chat, HELLO, mode=Mode.STREAM))
    next(events)

    events.close()

    assert Prediction.objects.get().status == "canceled"


def test_hanging_up_asks_the_worker_to_stop(broker, as_alice, chat):
    broker.setattr(places, "wake_worker", lambda pk, **_: claim(pk))
    events = stream(by=as_alice, request=request_of(chat, HELLO, mode=Mode.STREAM))
    assert next(events).kind is StreamKind.START

    events.close()

    assert Prediction.objects.get().cancel_requested_at is not None


def test_closing_what_is_over_changes_nothing(broker, as_alice, shield):
    events = stream(by=as_alice, request=request_of(shield, mode=Mode.STREAM))
    list(events)

    events.close()

    row = Prediction.objects.get()
    assert (row.status, row.cancel_requested_at) == ("succeeded", None)


def test_here_a_stream_nobody_reads_is_canceled(as_alice, chat, monkeypatch):
    left = []
    monkeypatch.setattr("inference.services.running.Run.leave", lambda self: left.append(self))
    events = stream(by=as_alice, request=request_of(chat, HELLO, mode=Mode.STREAM))

    events.close()
    events.close()

    (run,) = left
    assert run._watched.is_canceled
    run.finish()


def test_a_repeated_stream_follows_the_first(as_alice, shield):
    from marketplace.core.ids import uuid7

    identity = uuid7()
    create(by=as_alice, request=request_of(shield, identity=identity))

    events = stream(by=as_alice, request=request_of(shield, mode=Mode.STREAM, identity=identity))

    assert [one.kind for one in events][-1] is StreamKind.DONE
    assert Prediction.objects.count() == 1
