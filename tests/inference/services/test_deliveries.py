"""Reports reach a real server, signed; they are repeated, given up, and never sent inside."""

import json
from datetime import timedelta

import pytest
import time_machine
from standardwebhooks import Webhook

from billing.models import Hold
from inference.models import Prediction, WebhookDelivery
from inference.services.deliveries import PAUSES, deliver, deliver_due, reveal_secret, secret_of
from inference.services.predictions import create
from inference.types import WebhookTarget
from marketplace.core.clock import now
from marketplace.core.errors import InvalidInput
from tests.factories.inference import request_of
from tests.inference.receiver import receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings):
    settings.STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiving() as server:
        yield server


@pytest.fixture
def call(as_alice, shield):
    def make(url, *events):
        target = WebhookTarget(url, events or ("completed",))
        return create(by=as_alice, request=request_of(shield, webhook=target))

    return make


def later(**duration):
    return time_machine.travel(now() + timedelta(**duration))


def test_a_buyers_library_verifies_the_report(call, receiver, acme):
    prediction = call(receiver.url)

    assert deliver_due() == 1

    body = Webhook(secret_of(acme)).verify(receiver.bodies[0], receiver.headers[0])
    assert (body["id"], body["status"]) == (str(prediction.pk), "succeeded")
    assert body["output"] == prediction.output
    assert WebhookDelivery.objects.get().delivered_at is not None


def test_a_delivered_report_keeps_no_bodies(call, receiver):
    call(receiver.url)
    deliver_due()

    assert WebhookDelivery.objects.get().payload == ""


def test_reports_only_what_was_asked_for(call, receiver):
    call(receiver.url, "start")

    assert list(WebhookDelivery.objects.values_list("event", flat=True)) == ["start"]


def test_reports_start_and_end_as_they_were(call, receiver):
    call(receiver.url, "start", "completed")
    deliver_due()

    statuses = {json.loads(body)["status"] for body in receiver.bodies}
    assert statuses == {"processing", "succeeded"}


def test_no_webhook_no_report(call, as_alice, shield):
    create(by=as_alice, request=request_of(shield))

    assert WebhookDelivery.objects.count() == 0


def test_repeats_a_failed_report_with_the_same_id(call, receiver, acme):
    call(receiver.url)
    receiver.statuses = [500, 200]

    assert deliver_due() == 1
    assert deliver_due() == 0
    with later(seconds=6):
        assert deliver_due() == 1

    first, second = receiver.headers
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert receiver.bodies[0] == receiver.bodies[1]
    delivery = WebhookDelivery.objects.get()
    assert (delivery.attempts, delivery.last_status) == (2, 200)


def test_gives_up_after_three_days(call, receiver):
    call(receiver.url)
    receiver.statuses = [503]

    for _ in range(len(PAUSES) + 3):
        with later(days=10):
            WebhookDelivery.objects.filter(failed_at=None).update(next_attempt_at=now())
            deliver_due()

    delivery = WebhookDelivery.objects.get()
    assert len(receiver.bodies) == delivery.attempts == len(PAUSES) + 1
    assert (delivery.failed_at is not None, delivery.payload) == (True, "")
    assert timedelta(hours=75) < sum(PAUSES, timedelta()) < timedelta(hours=76)


def test_an_endpoint_that_is_gone_is_left_alone(call, receiver):
    call(receiver.url)
    call(receiver.url)
    receiver.statuses = [410]

    deliver(WebhookDelivery.objects.first().pk)

    assert deliver_due() == 0
    assert len(receiver.bodies) == 1
    assert WebhookDelivery.objects.filter(failed_at=None).count() == 0


def test_does_not_follow_a_redirect(call, receiver):
    call(receiver.url)
    receiver.statuses, receiver.location = [302], receiver.url

    deliver_due()

    assert len(receiver.bodies) == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.last_status, delivery.delivered_at) == (302, None)


def test_does_not_reach_inside_even_when_the_address_was_let_in(call, receiver, settings):
    call(receiver.url)
    settings.STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES = False

    deliver_due()

    assert receiver.bodies == []
    assert "reachable from the internet" in WebhookDelivery.objects.get().last_error


def test_an_endpoint_that_does_not_answer_is_tried_again(call, receiver):
    call("http://127.0.0.1:9/hook")

    deliver_due()

    delivery = WebhookDelivery.objects.get()
    assert (delivery.last_status, delivery.attempts) == (None, 1)
    assert delivery.next_attempt_at > now()


def test_two_senders_send_once(call, receiver):
    call(receiver.url)
    delivery = WebhookDelivery.objects.get()

    assert [deliver(delivery.pk), deliver(delivery.pk)] == [True, False]
    assert len(receiver.bodies) == 1


def test_refuses_an_address_inside_and_holds_nothing(call):
    with pytest.raises(InvalidInput) as refused:
        call("http://169.254.169.254/latest/meta-data/")

    assert [one.field for one in refused.value.problems] == ["webhook"]
    assert not Prediction.objects.exists()
    assert not Hold.objects.exists()


def test_each_organization_has_one_secret(as_alice, as_charlie):
    mine = reveal_secret(by=as_alice)

    assert mine == reveal_secret(by=as_alice)
    assert mine != reveal_secret(by=as_charlie)
    assert mine.startswith("whsec_")
