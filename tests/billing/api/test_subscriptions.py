from rest_framework.test import APIClient

from billing.models import Entitlement
from tests.billing.conftest import DOLLAR, account_of
from tests.conftest import api_of
from tests.factories.billing import PER_TOKEN, entitled, make_plan

SUBSCRIPTIONS = "/api/v1/subscriptions"
BODY = {"model": "harbor/lantern", "plan": "standard"}
MONTHLY = {**PER_TOKEN, "recurring": {"fee": "9"}}


def test_subscribes_to_a_plan(alice_api, acme, lantern):
    make_plan(lantern)

    answer = alice_api.post(SUBSCRIPTIONS, BODY)

    assert answer.status_code == 201
    made = answer.json()
    assert (made["model"], made["plan"], made["state"]) == ("harbor/lantern", "standard", "active")
    assert (made["renews_on"], made["ends_at"]) == (None, None)
    assert Entitlement.objects.get().organization == acme


def test_a_repetition_with_the_same_key_pays_once(alice_api, acme, lantern):
    make_plan(lantern, MONTHLY, kind="subscription")

    first = alice_api.post(SUBSCRIPTIONS, BODY, headers={"Idempotency-Key": "once"})
    again = alice_api.post(SUBSCRIPTIONS, BODY, headers={"Idempotency-Key": "once"})

    assert first.json()["id"] == again.json()["id"]
    assert account_of(acme) == (DOLLAR, 0)


def test_a_fee_above_the_credit_is_402(alice_api, acme, lantern):
    make_plan(lantern, {**PER_TOKEN, "recurring": {"fee": "99"}}, kind="subscription")

    answer = alice_api.post(SUBSCRIPTIONS, BODY)

    assert (answer.status_code, answer.json()["code"]) == (402, "billing.insufficient_credit")
    assert not Entitlement.objects.exists()


def test_an_unknown_plan_or_model_is_404(alice_api, lantern):
    make_plan(lantern)

    for body in ({**BODY, "plan": "gold"}, {**BODY, "model": "harbor/nothing"}):
        assert alice_api.post(SUBSCRIPTIONS, body).status_code == 404

    assert not Entitlement.objects.exists()


def test_a_test_key_cannot_buy(as_alice, lantern):
    make_plan(lantern)

    answer = api_of(as_alice, is_test=True).post(SUBSCRIPTIONS, BODY)

    assert (answer.status_code, answer.json()["code"]) == (403, "billing.key_is_for_tests")
    assert not Entitlement.objects.exists()


def test_lists_what_the_organization_bought_and_nothing_else(
    alice_api, charlie_api, acme, lantern, django_assert_num_queries
):
    for _ in range(3):
        entitled(acme, lantern)
        Entitlement.objects.update(state="ended")
    entitled(acme, lantern)

    answer = alice_api.get(SUBSCRIPTIONS)

    assert [one["state"] for one in answer.json()["results"]] == ["active"] + ["ended"] * 3
    assert len(alice_api.get(SUBSCRIPTIONS, {"state": "active"}).json()["results"]) == 1
    assert charlie_api.get(SUBSCRIPTIONS).json()["results"] == []


def test_cancels_a_subscription(alice_api, acme, lantern):
    made = entitled(acme, lantern)

    assert alice_api.delete(f"{SUBSCRIPTIONS}/{made.pk}").status_code == 204
    assert alice_api.delete(f"{SUBSCRIPTIONS}/{made.pk}").status_code == 204

    shown = alice_api.get(f"{SUBSCRIPTIONS}/{made.pk}").json()
    assert (shown["state"], shown["end_reason"]) == ("ended", "Canceled")


def test_anothers_subscription_is_not_there(charlie_api, acme, lantern):
    made = entitled(acme, lantern)

    assert charlie_api.get(f"{SUBSCRIPTIONS}/{made.pk}").status_code == 404
    assert charlie_api.delete(f"{SUBSCRIPTIONS}/{made.pk}").status_code == 404

    made.refresh_from_db()
    assert made.state == "active"


def test_credit_is_welcome_credit_at_first(alice_api):
    credit = alice_api.get("/api/v1/credit").json()

    assert credit["balance"] == {"amount": "10", "currency": "USD"}
    assert credit["is_test_money"] is True
    assert [one["kind"] for one in credit["grants"]] == ["welcome"]


def test_a_test_key_sees_its_own_account(as_alice):
    credit = api_of(as_alice, is_test=True).get("/api/v1/credit").json()

    assert credit["is_test"] is True


def test_strangers_see_nothing(db):
    for path in ("subscriptions", "usage", "usage/events", "credit"):
        assert APIClient().get(f"/api/v1/{path}").status_code == 401
