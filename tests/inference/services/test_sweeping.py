"""What dead processes and lost messages leave behind is put right."""

from datetime import timedelta

import pytest
import time_machine

from billing.models import Hold, UsageEvent
from inference.models import Prediction
from inference.services import sweeping
from inference.services.claims import claim
from inference.services.sweeping import Swept, sweep
from inference.types import Mode
from marketplace.core.clock import now
from tests.factories.inference import waiting_prediction

pytestmark = pytest.mark.django_db
NOTHING = Swept(sent_again=0, finished=0)


@pytest.fixture
def sent(monkeypatch):
    """Collect what is sent instead of sending it."""
    found = []
    monkeypatch.setattr(sweeping, "wake_again", lambda pk, *, queue: found.append((pk, queue)))
    return found


def later(seconds):
    return time_machine.travel(now() + timedelta(seconds=seconds))


def test_leaves_a_young_prediction_alone(as_alice, shield, sent):
    waiting_prediction(as_alice, shield)

    assert sweep() == NOTHING
    assert sent == []


def test_sends_a_lost_message_again_to_its_pool(as_alice, shield, sent):
    waiting = waiting_prediction(as_alice, shield)

    with later(11):
        assert sweep() == Swept(sent_again=1, finished=0)

    assert sent == [(waiting.pk, "pool.cpu")]


def test_does_not_send_again_at_once(as_alice, shield, sent):
    waiting_prediction(as_alice, shield)

    with later(11):
        sweep()
    with later(13):
        assert sweep() == NOTHING


def test_pauses_grow_with_the_wait(as_alice, shield, sent):
    waiting_prediction(as_alice, shield)

    sent_at = []
    for seconds in (11, 15, 21, 23, 40, 45, 90):
        with later(seconds):
            sent_at += [seconds] * sweep().sent_again

    assert sent_at == [11, 23, 90]


def test_wakes_another_worker_for_one_that_died(as_alice, shield, sent):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)

    with later(29):
        assert sweep() == NOTHING
    with later(31):
        assert sweep() == Swept(sent_again=1, finished=0)


def test_gives_up_after_several_attempts(as_alice, shield, sent):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)
    Prediction.objects.update(attempt=5)

    with later(31):
        assert sweep() == Swept(sent_again=0, finished=1)

    row = Prediction.objects.get()
    assert (row.status, row.error["code"], row.cost_nano) == ("failed", "inference.gave_up", 0)
    assert Hold.objects.get().state == "released"


def test_fails_what_nobody_ran_before_its_deadline(as_alice, shield, sent):
    waiting_prediction(as_alice, shield)

    with later(25 * 3600):
        sweep()

    row = Prediction.objects.get()
    assert (row.status, row.error["code"]) == ("failed", "inference.expired")
    assert sent == []


@pytest.mark.parametrize("mode", [Mode.SYNC, Mode.STREAM])
def test_here_a_call_ends_with_the_process_that_ran_it(as_alice, shield, sent, mode):
    waiting = waiting_prediction(as_alice, shield, mode=mode)
    claim(waiting.pk)

    with later(31):
        assert sweep() == Swept(sent_again=0, finished=1)

    row = Prediction.objects.get()
    assert (row.error["code"], row.error["fault"]) == ("inference.interrupted", "platform")
    assert UsageEvent.objects.count() == 0


def test_a_waiting_call_whose_caller_left_is_failed(as_alice, shield, sent, settings):
    settings.STOA_ENGINE = "workers"
    waiting_prediction(as_alice, shield, mode=Mode.SYNC)

    with later(31):
        assert sweep() == Swept(sent_again=0, finished=1)

    assert Prediction.objects.get().error["code"] == "inference.interrupted"


def test_a_waiting_call_whose_message_was_lost_is_sent_again(as_alice, shield, sent, settings):
    settings.STOA_ENGINE = "workers"
    waiting_prediction(as_alice, shield, mode=Mode.SYNC)

    with later(11):
        assert sweep() == Swept(sent_again=1, finished=0)


def test_a_call_whose_worker_died_gets_another_one(as_alice, shield, sent, settings):
    settings.STOA_ENGINE = "workers"
    waiting = waiting_prediction(as_alice, shield, mode=Mode.SYNC)
    claim(waiting.pk)

    with later(31):
        assert sweep() == Swept(sent_again=1, finished=0)


def test_a_stream_cannot_begin_again(as_alice, shield, sent, settings):
    settings.STOA_ENGINE = "workers"
    waiting = waiting_prediction(as_alice, shield, mode=Mode.STREAM)
    claim(waiting.pk)

    with later(31):
        assert sweep() == Swept(sent_again=0, finished=1)


def test_finishes_what_was_canceled_while_its_worker_died(as_alice, shield, sent):
    waiting = waiting_prediction(as_alice, shield)
    claim(waiting.pk)
    Prediction.objects.update(cancel_requested_at=now())

    with later(31):
        assert sweep() == Swept(sent_again=0, finished=1)

    assert Prediction.objects.get().status == "canceled"


def test_one_that_cannot_be_finished_does_not_keep_the_others(
    as_alice, shield, sent, monkeypatch, caplog
):
    first, second = waiting_prediction(as_alice, shield), waiting_prediction(as_alice, shield)
    real = sweeping.settle_waiting

    def fail_first(pk, outcome):
        if pk == first.pk:
            raise sweeping.DatabaseError("no")
        return real(pk, outcome)

    monkeypatch.setattr(sweeping, "settle_waiting", fail_first)

    with later(25 * 3600):
        assert sweep() == Swept(sent_again=0, finished=1)

    assert Prediction.objects.get(pk=second.pk).status == "failed"
    assert str(first.pk) in caplog.text
