"""Replies over real brokers."""

import pytest
from kombu.exceptions import OperationalError

from inference.dispatch import calls, replies
from inference.dispatch.messages import Reply
from inference.dispatch.replies import ReplyHub, send_reply
from marketplace.configuration import Broker
from marketplace.core.ids import uuid7
from tests.services import AMQP, REDIS, needs

BROKERS = [
    pytest.param(f"{REDIS}/15", marks=[pytest.mark.services, needs(REDIS)], id="redis"),
    pytest.param(AMQP, marks=[pytest.mark.services, needs(AMQP)], id="rabbitmq"),
    pytest.param("memory://", id="memory"),
]


@pytest.fixture
def broker(request, settings, celery_on):
    settings.BROKER = Broker(request.param)
    celery_on(request.param)


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_a_reply_reaches_the_process_that_waits(broker, make_hub):
    mine, other, prediction_id = make_hub(), make_hub(), uuid7()

    with mine.inbox(prediction_id) as inbox, other.inbox(prediction_id) as theirs:
        reply = Reply(str(prediction_id), "pieces", 3, ({"text": "größer"},))
        send_reply(mine.address, reply)

        assert inbox.get(5) == reply
        assert theirs.get(0.1) is None


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_a_reply_to_nobody_is_harmless(broker, make_hub):
    hub, prediction_id = make_hub(), uuid7()

    with hub.inbox(prediction_id) as inbox:
        send_reply("nobody", Reply(str(prediction_id), "final"))
        send_reply(hub.address, Reply(str(uuid7()), "final"))
        assert inbox.get(0.2) is None


def test_a_broker_that_is_down_costs_time_only(settings, celery_on, caplog):
    settings.BROKER = Broker("redis://127.0.0.1:9/0")
    celery_on("redis://127.0.0.1:9/0")

    send_reply("somebody", Reply("x", "final"))

    assert "was not sent" in caplog.text


def test_a_forked_process_gets_an_address_of_its_own(monkeypatch):
    hub = ReplyHub()
    before = hub.address
    monkeypatch.setattr(replies.threading.Thread, "start", lambda self: None)
    monkeypatch.setattr(replies.os, "getpid", lambda: 1)

    hub._start()

    assert hub.address != before


def test_a_call_that_cannot_be_sent_waits_for_the_sweeper(monkeypatch, caplog):
    def refuse(*_, **__):
        raise OperationalError

    monkeypatch.setattr("marketplace.core.tasks.current_app.send_task", refuse)

    calls.wake_again(uuid7(), queue="pool.cpu")

    assert "inference.run_prediction was not sent" in caplog.text
