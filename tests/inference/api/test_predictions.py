"""Calls over the native API, for owner, member and outsider."""

from decimal import Decimal

import pytest

from accounts.services.api_keys import create_key
from billing.models import UsageEvent
from inference.models import Prediction, WebhookDelivery
from inference.services.predictions import create
from inference.services.working import work
from inference.types import Mode, WebhookTarget
from marketplace.core.ids import uuid7
from tests.conftest import api_of, caller_of
from tests.factories.inference import ATTACK, request_of, waiting_prediction

pytestmark = pytest.mark.django_db
URL = "/api/v1/predictions"


def post(client, listing, *, url=URL, **more):
    headers = more.pop("headers", {})
    body = {"model": listing.model_id, "input": ATTACK, **more}
    return client.post(url, body, format="json", headers=headers)


def test_a_call_answers_with_the_finished_prediction(alice_api, shield):
    response = post(alice_api, shield)

    body = response.json()
    assert response.status_code == 201
    assert (body["status"], body["model"]) == ("succeeded", "harbor/shield")
    assert body["output"]["results"][0][0]["label"] == "attack"
    assert body["cost"] == {
        "amount": "0.002",
        "nano": 2_000_000,
        "currency": "USD",
        "is_test": False,
    }
    assert body["urls"]["web"] == f"http://127.0.0.1:8000/predictions/{body['id']}/"


def test_the_headers_repeat_what_matters(alice_api, shield):
    response = post(alice_api, shield)

    assert response["Stoa-Prediction-Id"] == response.json()["id"]
    assert response["Stoa-Version-Digest"] == shield.versions.get().digest
    assert response["Stoa-Cost"] == "0.002 USD"
    assert response["Location"].endswith(f"/api/v1/predictions/{response.json()['id']}")


def test_a_test_key_pays_with_test_money(as_alice, shield):
    body = post(api_of(as_alice, is_test=True), shield).json()

    assert body["cost"]["is_test"] is True
    assert UsageEvent.objects.get().is_test is True


def test_the_model_may_stand_in_the_address(alice_api, shield):
    url = "/api/v1/models/harbor/shield/predictions"

    response = alice_api.post(url, {"input": ATTACK}, format="json")

    assert (response.status_code, response.json()["status"]) == (201, "succeeded")


def test_wrong_fields_are_named(alice_api, shield):
    response = post(alice_api, shield, input={"texts": [], "tone": 1})

    body = response.json()
    assert (response.status_code, body["code"]) == (422, "request.invalid")
    assert [one["field"] for one in body["errors"]] == ["input.texts", "input.tone"]
    assert Prediction.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"input": []}, "input"),
        ({"model": "no slash"}, "model"),
        ({"max_cost": "-1"}, "max_cost"),
        ({"max_cost": "0.0000000001"}, "max_cost"),
        ({"webhook": "http://127.0.0.1/"}, "webhook"),
        ({"webhook_events_filter": ["never"]}, "webhook_events_filter.0"),
        ({"metadata": {"k" * 41: "v"}}, "metadata"),
        ({"quote_id": "seven"}, "quote_id"),
        ({"novel": 1}, "novel"),
    ],
)
def test_every_field_is_checked(alice_api, shield, more, field):
    response = post(alice_api, shield, **more)

    assert response.status_code == 422
    assert [one["field"] for one in response.json()["errors"]] == [field]
    assert Prediction.objects.count() == 0


def test_a_ceiling_is_kept(alice_api, shield):
    refused = post(alice_api, shield, max_cost="0.001999999")
    accepted = post(alice_api, shield, max_cost="0.002")

    assert (refused.status_code, refused.json()["code"]) == (402, "billing.over_ceiling")
    assert accepted.status_code == 201
    assert Decimal(accepted.json()["cost"]["amount"]) == Decimal("0.002")


def test_metadata_stays_with_the_prediction(alice_api, shield):
    body = post(alice_api, shield, metadata={"ticket": "T-7"}).json()

    assert body["metadata"] == {"ticket": "T-7"}


def test_respond_async_answers_at_once(alice_api, shield):
    response = post(alice_api, shield, headers={"Prefer": "respond-async"})

    assert (response.status_code, response.json()["status"]) == (202, "starting")
    work(response.json()["id"])
    assert alice_api.get(response["Location"]).json()["status"] == "succeeded"


def test_a_repetition_with_a_key_is_one_call(alice_api, shield):
    headers = {"Idempotency-Key": "one"}

    first = post(alice_api, shield, headers=headers)
    second = post(alice_api, shield, headers=headers)

    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert UsageEvent.objects.count() == 1


def test_a_call_that_fails_is_a_finished_prediction(alice_api, shield, monkeypatch):
    monkeypatch.setattr("inference.services.admission.validate_input", lambda value, schema: None)

    response = post(alice_api, shield, input={"texts": [7]})

    assert (response.status_code, response.json()["status"]) == (201, "failed")
    assert response.json()["error"]["field"] == "input.texts.0"
    assert response.json()["cost"]["nano"] == 0


def test_without_a_key_nothing_is_called(client, shield):
    response = client.post(URL, {"model": shield.model_id, "input": ATTACK}, "application/json")

    assert response.status_code == 401
    assert Prediction.objects.count() == 0


def test_a_key_without_the_scope_calls_nothing(as_alice, shield):
    _, token = create_key(by=as_alice, name="reader", scopes=["predictions.read"])
    client = api_of(as_alice)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    assert post(client, shield).status_code == 403
    assert Prediction.objects.count() == 0


def test_reads_a_prediction_of_the_organization(alice_api, bob, acme, as_alice, shield):
    made = create(by=as_alice, request=request_of(shield))

    mine = alice_api.get(f"{URL}/{made.pk}")
    members = api_of_reader(bob, acme).get(f"{URL}/{made.pk}")

    assert mine.json()["input"] == ATTACK
    assert members.json()["id"] == str(made.pk)


def api_of_reader(user, organization):
    from rest_framework.test import APIClient

    client = APIClient()
    client.force_login(user)
    assert caller_of(user, organization).can("predictions.read")
    return client


@pytest.mark.parametrize("tail", ["", "/stream", "/deliveries"])
def test_an_outsider_sees_nothing(charlie_api, as_alice, shield, tail):
    made = create(by=as_alice, request=request_of(shield))

    response = charlie_api.get(f"{URL}/{made.pk}{tail}")

    assert response.status_code == 404
    assert "attack" not in response.content.decode()


def test_an_outsider_cancels_nothing(charlie_api, as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)

    assert charlie_api.post(f"{URL}/{waiting.pk}/cancel").status_code == 404
    assert Prediction.objects.get().status == "starting"


def test_lists_predictions_without_bodies(alice_api, charlie_api, as_alice, shield):
    made = create(by=as_alice, request=request_of(shield))

    (listed,) = alice_api.get(URL).json()["results"]

    assert listed["id"] == str(made.pk)
    assert not {"input", "output"} & set(listed)
    assert charlie_api.get(URL).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=succeeded", 2),
        ("status=failed", 0),
        ("model=harbor/shield", 2),
        ("model=harbor/other", 0),
        ("version=1.0.0", 2),
        ("version=000000000000", 0),
        ("created_after=2020-01-01T00:00:00Z", 2),
        ("created_before=2020-01-01T00:00:00Z", 0),
        ("limit=1", 1),
    ],
)
def test_narrows_the_list(alice_api, as_alice, shield, query, count):
    for _ in range(2):
        create(by=as_alice, request=request_of(shield))

    assert len(alice_api.get(f"{URL}?{query}").json()["results"]) == count


def test_narrows_the_list_to_a_key(alice_api, as_alice, shield):
    create(by=as_alice, request=request_of(shield))
    post(alice_api, shield)
    prefix = Prediction.objects.exclude(api_key=None).get().api_key.prefix

    assert len(alice_api.get(f"{URL}?key={prefix}").json()["results"]) == 1


def test_a_longer_list_needs_no_more_queries(
    alice_api, as_alice, shield, django_assert_max_num_queries
):
    for _ in range(5):
        create(by=as_alice, request=request_of(shield))

    with django_assert_max_num_queries(12):
        alice_api.get(URL)


def test_cancels(alice_api, as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)

    response = alice_api.post(f"{URL}/{waiting.pk}/cancel")

    assert (response.status_code, response.json()["status"]) == (200, "canceled")


def test_does_not_cancel_what_is_finished(alice_api, as_alice, shield):
    made = create(by=as_alice, request=request_of(shield))

    response = alice_api.post(f"{URL}/{made.pk}/cancel")

    assert (response.status_code, response.json()["code"]) == (409, "inference.already_final")


def test_shows_deliveries_without_what_they_say(alice_api, as_alice, shield):
    target = WebhookTarget("https://buyer.example/hook")
    made = create(by=as_alice, request=request_of(shield, webhook=target))

    (shown,) = alice_api.get(f"{URL}/{made.pk}/deliveries").json()["results"]

    assert (shown["event"], shown["attempts"]) == ("completed", 0)
    assert "payload" not in shown
    assert WebhookDelivery.objects.get().payload


def test_gives_each_organization_its_webhook_secret(alice_api, charlie_api):
    mine = alice_api.get("/api/v1/webhooks/secret").json()["key"]

    assert mine.startswith("whsec_")
    assert charlie_api.get("/api/v1/webhooks/secret").json()["key"] != mine


def test_an_unknown_prediction_is_not_found(alice_api):
    assert alice_api.get(f"{URL}/{uuid7()}").status_code == 404


def test_an_asynchronous_mode_is_kept(alice_api, as_alice, shield):
    assert waiting_prediction(as_alice, shield).mode == Mode.ASYNC
