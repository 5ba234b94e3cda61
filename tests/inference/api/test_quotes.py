"""Firm prices before a call."""

from decimal import Decimal

import pytest

from billing.models import Hold, Quote
from inference.models import Prediction
from tests.factories.billing import PER_TOKEN, make_plan
from tests.factories.inference import ATTACK, HELLO

pytestmark = pytest.mark.django_db
URL = "/api/v1/quotes"


def ask(client, listing, value=ATTACK, **more):
    return client.post(URL, {"model": listing.model_id, "input": value, **more}, format="json")


def test_says_what_a_call_will_and_can_cost(alice_api, chat):
    response = ask(alice_api, chat, HELLO)

    body = response.json()
    assert response.status_code == 201
    assert Decimal(body["expected"]["amount"]) < Decimal(body["maximum"]["amount"])
    assert body["maximum_quantities"]["output_tokens"] == 8
    assert (Prediction.objects.count(), Hold.objects.count()) == (0, 0)


def test_a_call_with_its_quote_costs_no_more(alice_api, chat):
    quote = ask(alice_api, chat, HELLO).json()

    sent = {"model": chat.model_id, "input": HELLO, "quote_id": quote["id"]}
    made = alice_api.post("/api/v1/predictions", sent, format="json").json()

    assert Decimal(made["cost"]["amount"]) <= Decimal(quote["maximum"]["amount"])
    assert str(Quote.objects.get().used_by) == made["id"]


def test_a_quote_is_for_its_own_input(alice_api, chat):
    quote = ask(alice_api, chat, HELLO).json()

    sent = {"model": chat.model_id, "input": {**HELLO, "max_tokens": 7}, "quote_id": quote["id"]}
    response = alice_api.post("/api/v1/predictions", sent, format="json")

    assert (response.status_code, response.json()["code"]) == (409, "billing.quote_not_usable")
    assert Prediction.objects.count() == 0


def test_quotes_another_plan(alice_api, shield):
    make_plan(shield, PER_TOKEN, code="by-token")

    assert ask(alice_api, shield, plan="by-token").json()["plan"] == "by-token"
    assert ask(alice_api, shield, plan="nothing").status_code == 404


def test_names_the_wrong_field(alice_api, chat):
    response = ask(alice_api, chat, {"messages": []})

    assert [one["field"] for one in response.json()["errors"]] == ["input.messages"]
    assert Quote.objects.count() == 0


def test_one_organizations_quote_is_not_anothers(alice_api, charlie_api, shield):
    quote = ask(alice_api, shield).json()

    sent = {"model": shield.model_id, "input": ATTACK, "quote_id": quote["id"]}
    response = charlie_api.post("/api/v1/predictions", sent, format="json")

    assert response.json()["code"] == "billing.quote_not_usable"
    assert Quote.objects.get().used_by is None
