from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from billing.models import Plan, Price
from tests.billing.conftest import NOON
from tests.factories.billing import PER_TOKEN, entitled, make_plan

PLANS = "/api/v1/models/harbor/lantern/plans"
PRICE = "/api/v1/models/harbor/lantern/price"
NEW = {"code": "pay", "name": "Pay", "kind": "payg", "tariff": PER_TOKEN}
DEARER = {**PER_TOKEN, "free": {"input_tokens": 5}}


def codes(answer) -> list[str]:
    return [plan["code"] for plan in answer.json()["results"]]


def test_anybody_sees_the_public_plans(lantern):
    make_plan(lantern)

    answer = APIClient().get(PLANS)

    plan = answer.json()["results"][0]
    assert answer.status_code == 200
    assert plan["price_line"] == "$0.10 / 1M input tokens · $0.40 / 1M output tokens"
    assert plan["tariff"] == PER_TOKEN
    assert (plan["is_default"], plan["is_current"]) == (True, False)


def test_a_private_offer_is_shown_to_its_buyer_alone(alice_api, charlie_api, acme, lantern):
    make_plan(lantern, code="deal", kind="private", buyer=acme)

    assert codes(alice_api.get(PLANS)) == ["deal"]
    assert codes(charlie_api.get(PLANS)) == []
    assert codes(APIClient().get(PLANS)) == []


def test_a_buyer_still_sees_the_withdrawn_plan_that_it_has(alice_api, charlie_api, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, code="old"))
    Plan.objects.update(is_active=False)

    assert alice_api.get(PLANS).json()["results"][0]["is_current"] is True
    assert codes(charlie_api.get(PLANS)) == []


def test_an_author_creates_a_plan(hana_api, lantern):
    answer = hana_api.post(PLANS, {**NEW, "terms": "As is."})

    assert answer.status_code == 201
    assert answer.json()["code"] == "pay"
    assert answer.json()["tariff"]["charges"][0]["price"] == "0.1"
    assert Plan.objects.get().terms == "As is."


def test_a_wrong_tariff_is_refused_by_its_field(hana_api, lantern):
    tariff = {"currency": "USD", "charges": [{"kind": "unit", "meter": "rows", "price": 0.1}]}

    answer = hana_api.post(PLANS, {**NEW, "tariff": tariff})

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["tariff.charges.0.price"]
    assert not Plan.objects.exists()


def test_nobody_else_creates_plans_or_prices(alice_api, lantern):
    make_plan(lantern)

    assert alice_api.post(PLANS, NEW).status_code == 403
    assert alice_api.get(PLANS, {"all": "true"}).status_code == 403
    assert alice_api.patch(f"{PLANS}/standard", {"is_active": False}).status_code == 403
    assert alice_api.post(f"{PLANS}/standard/prices", {"tariff": DEARER}).status_code == 403
    assert APIClient().post(PLANS, NEW).status_code == 401
    assert (Plan.objects.get().is_active, Price.objects.count()) == (True, 1)


def test_the_author_sees_all_plans_when_asking_for_them(hana_api, acme, lantern):
    make_plan(lantern, code="deal", kind="private", buyer=acme)
    make_plan(lantern, code="old", is_active=False)

    assert codes(hana_api.get(PLANS)) == []
    assert codes(hana_api.get(PLANS, {"all": "true"})) == ["deal", "old"]


def test_a_plan_is_withdrawn_and_offered_again(hana_api, lantern):
    make_plan(lantern)

    withdrawn = hana_api.patch(f"{PLANS}/standard", {"is_active": False})
    offered = hana_api.patch(f"{PLANS}/standard", {"is_active": True})

    assert (withdrawn.json()["is_active"], offered.json()["is_active"]) == (False, True)


def test_a_new_price_is_dated_and_announced(hana_api, lantern, clock):
    make_plan(lantern)
    start = NOON + timedelta(days=40)

    answer = hana_api.post(
        f"{PLANS}/standard/prices", {"tariff": DEARER, "effective_from": start.isoformat()}
    )

    assert (answer.status_code, answer.json()["number"]) == (201, 2)
    plan = APIClient().get(PLANS).json()["results"][0]
    assert (plan["price_number"], plan["next_price_at"]) == (1, "2027-01-03T12:00:00Z")
    prices = APIClient().get(f"{PLANS}/standard/prices").json()["results"]
    assert [price["number"] for price in prices] == [2, 1]


@pytest.mark.parametrize("start", ["2020-01-01T00:00:00Z", "soon"])
def test_a_price_never_begins_in_the_past(hana_api, lantern, start):
    make_plan(lantern)

    answer = hana_api.post(f"{PLANS}/standard/prices", {"tariff": DEARER, "effective_from": start})

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["effective_from"]
    assert Price.objects.count() == 1


def test_the_calculator_compares_plans_and_shows_its_formula(lantern):
    make_plan(lantern)
    monthly = {**PER_TOKEN, "recurring": {"fee": "1", "included": {"input_tokens": 10**9}}}
    make_plan(lantern, monthly, code="monthly", kind="subscription", position=1)

    found = APIClient().get(PRICE, {"calls": 1000, "input_tokens": 9000, "output_tokens": 1000})

    first, second = found.json()["results"]
    assert first["total"] == {"amount": "1.3", "currency": "USD"}
    assert first["per_call"] == {"amount": "0.0013", "currency": "USD"}
    assert first["formula"] == [
        "9,000,000 input tokens × $0.10 / 1,000,000 = $0.90",
        "1,000,000 output tokens × $0.40 / 1,000,000 = $0.40",
    ]
    assert (first["is_cheapest"], second["is_cheapest"]) == (True, False)
    assert second["total"]["amount"] == "1.4"
    assert second["formula"][-1] == "fee = $1.00"


def test_the_calculator_takes_typical_quantities_for_what_is_left_out(lantern):
    make_plan(lantern)

    found = APIClient().get(PRICE).json()

    assert found["calls"] == 1000
    assert found["per_call"] == {"input_tokens": 800, "output_tokens": 200}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"calls": 0}, 422),
        ({"calls": 10**10}, 422),
        ({"input_tokens": -1}, 422),
        ({"input_tokens": 10**12, "calls": 10**9}, 422),
        ({"bananas": 3}, 422),
    ],
)
def test_the_calculator_refuses_odd_questions(lantern, query, status):
    make_plan(lantern)

    assert APIClient().get(PRICE, query).status_code == status


def test_a_listing_that_is_not_shown_has_no_plans(alice_api, harbor):
    from tests.factories.catalog import make_listing

    draft = make_listing(organization=harbor)
    make_plan(draft)

    assert alice_api.get(f"/api/v1/models/harbor/{draft.slug}/plans").status_code == 404
    assert alice_api.get(f"/api/v1/models/harbor/{draft.slug}/price").status_code == 404
