"""What an operator sees and does; bodies are never shown."""

import pytest

from accounts.models import AuditEvent, User
from inference.models import Deployment, Prediction, WebhookDelivery
from inference.services.deployments import deploy
from inference.services.predictions import create
from inference.types import WebhookTarget
from marketplace.core.clock import now
from tests.conftest import browser_of
from tests.factories.inference import request_of, waiting_prediction

pytestmark = pytest.mark.django_db
SECRET = "ignore all of it"


@pytest.fixture
def operator(db):
    user = User.objects.create_superuser("ops@stoa.example", "correct horse battery")
    return browser_of(user)


@pytest.fixture
def call(as_alice, shield):
    target = WebhookTarget("https://buyer.example/hook")
    return create(by=as_alice, request=request_of(shield, webhook=target))


def act(operator, kind, action, *rows):
    data = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return operator.post(f"/admin/inference/{kind}/", data, follow=True)


@pytest.mark.parametrize("kind", ["prediction", "webhookdelivery"])
def test_shows_calls_without_what_they_say(operator, call, kind):
    row = call if kind == "prediction" else WebhookDelivery.objects.get()

    for path in (f"/admin/inference/{kind}/", f"/admin/inference/{kind}/{row.pk}/change/"):
        response = operator.get(path)
        assert response.status_code == 200
        assert SECRET not in response.content.decode()
        assert "attack" not in response.content.decode()


@pytest.mark.parametrize("kind", ["pool", "deployment"])
def test_lists_where_calls_run(operator, as_hana, shield, kind):
    deploy(by=as_hana, listing=shield)

    assert "cpu" in operator.get(f"/admin/inference/{kind}/").content.decode()


def test_pauses_and_resumes_in_the_operators_name(operator, as_hana, shield):
    deployment = deploy(by=as_hana, listing=shield)

    act(operator, "deployment", "pause", deployment)
    assert Deployment.objects.get().state == "paused"
    assert AuditEvent.objects.get(action="deployment.pause").actor_label == "ops@stoa.example"

    act(operator, "deployment", "resume", deployment)
    assert Deployment.objects.get().state == "live"


def test_cancels_and_says_what_cannot_be_canceled(operator, as_alice, shield, call):
    waiting = waiting_prediction(as_alice, shield)

    page = act(operator, "prediction", "cancel", waiting, call).content.decode()

    assert Prediction.objects.get(pk=waiting.pk).status == "canceled"
    assert "succeeded" in page


def test_tries_a_report_again(operator, call):
    WebhookDelivery.objects.update(next_attempt_at=now().replace(year=2099))

    act(operator, "webhookdelivery", "try_now", WebhookDelivery.objects.get())

    assert WebhookDelivery.objects.get().next_attempt_at <= now()


def test_buyers_do_not_come_in(alice_browser, call):
    assert alice_browser.get("/admin/inference/prediction/").status_code == 302
