import json

import pytest
from django.test import Client

from billing.models import Plan, Price
from billing.selectors.prices import tariff_of
from tests.factories.billing import PER_TOKEN, entitled, make_plan

PLANS = "/desk/listings/lantern/plans/"
NEW = {
    "name": "Pay as you go",
    "code": "pay",
    "kind": "payg",
    "currency": "USD",
    "meter_1": "input_tokens",
    "price_1": "0.10",
    "meter_2": "rows",
    "price_2": "0.002",
    "per_2": "1",
    "free_2": "100",
}
TIERS = {
    "currency": "USD",
    "charges": [
        {
            "kind": "graduated",
            "meter": "requests",
            "per": 1,
            "tiers": [{"up_to": 10, "price": "0.5"}, {"up_to": None, "price": "0.25"}],
        }
    ],
}


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def test_an_author_makes_a_plan_with_common_prices(hana_browser, lantern):
    answer = hana_browser.post(f"{PLANS}new/", NEW)

    assert (answer.status_code, answer["Location"]) == (302, PLANS)
    assert tariff_of(Plan.objects.get().prices.get()).allowance("rows") == 100
    assert Price.objects.get().tariff["charges"] == [
        {"kind": "unit", "meter": "input_tokens", "price": "0.1", "per": 1_000_000},
        {"kind": "unit", "meter": "rows", "price": "0.002", "per": 1},
    ]
    assert "Pay as you go" in text_of(hana_browser.get(PLANS))


def test_a_price_begins_with_what_the_model_measures(hana_browser, lantern):
    form = hana_browser.get(f"{PLANS}new/").context["editor"].tariff_form

    assert form.initial == {"currency": "USD", "meter_1": "requests"}
    assert form["per_1"].field.widget.attrs["placeholder"] == "usual"


def test_an_author_makes_a_subscription(hana_browser, lantern):
    hana_browser.post(f"{PLANS}new/", {**NEW, "kind": "subscription", "fee": "49"})

    recurring = Price.objects.get().tariff["recurring"]
    assert recurring == {"fee": "49", "interval": "month", "included": {"rows": 100}}


def test_an_author_writes_any_price_as_json(hana_browser, lantern):
    sent = {"name": "Tiers", "code": "tiers", "kind": "payg", "tariff_json": json.dumps(TIERS)}

    answer = hana_browser.post(f"{PLANS}new/?mode=json", sent)

    assert answer.status_code == 302
    assert Price.objects.get().tariff == TIERS


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"price_1": ""}, "Give a price, such as 0.25."),
        ({"meter_2": ""}, "Say what this price is for."),
        ({"price_2": "-1"}, "Give a decimal number"),
        ({"meter_2": "input_tokens"}, "already has a charge"),
        ({"kind": "subscription"}, "needs recurring"),
        ({"code": "Not a slug"}, "Enter a valid"),
        ({"begins_on": "2020-01-01"}, "cannot begin in the past"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(hana_browser, lantern, changes, says):
    page = text_of(hana_browser.post(f"{PLANS}new/", {**NEW, **changes}), 422)

    assert says in page
    assert not Plan.objects.exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"currency": "USD", "charges": [{}]}', "[" * 9000])
def test_wrong_json_is_said(hana_browser, lantern, text):
    sent = {"name": "Tiers", "code": "tiers", "kind": "payg", "tariff_json": text}

    assert hana_browser.post(f"{PLANS}new/?mode=json", sent).status_code == 422
    assert not Plan.objects.exists()


def test_the_preview_shows_the_price_line_and_an_example_bill(hana_browser, lantern):
    page = text_of(hana_browser.get(f"{PLANS}preview/", NEW))

    assert "$0.10 / 1M input tokens · $2 / 1,000 rows" in page
    assert "800,000 input tokens × $0.10 / 1,000,000 = $0.08" in page
    assert "<html" not in page


def test_the_preview_works_without_script(hana_browser, lantern):
    page = text_of(hana_browser.post(f"{PLANS}new/", {**NEW, "preview": "1"}))

    assert "$0.10 / 1M input tokens" in page
    assert not Plan.objects.exists()


def test_a_new_price_begins_with_the_one_in_force(hana_browser, lantern):
    make_plan(lantern)

    page = text_of(hana_browser.get(f"{PLANS}standard/price/"))
    answer = hana_browser.post(f"{PLANS}standard/price/", {**NEW, "price_1": "0.20"})

    assert 'value="0.1"' in page
    assert (answer.status_code, answer["Location"]) == (302, f"{PLANS}standard/")
    assert Price.objects.get(number=2).tariff["charges"][0]["price"] == "0.2"
    assert "In force" in text_of(hana_browser.get(f"{PLANS}standard/"))


def test_a_price_that_fields_cannot_say_is_shown_as_json(hana_browser, lantern):
    make_plan(lantern, TIERS)

    assert "graduated" in text_of(hana_browser.get(f"{PLANS}standard/price/"))


def test_the_same_price_is_refused(hana_browser, lantern):
    make_plan(lantern)
    form = {"tariff_json": json.dumps(PER_TOKEN)}

    page = text_of(hana_browser.post(f"{PLANS}standard/price/?mode=json", form), 422)

    assert "Standard already has this price." in page
    assert Price.objects.count() == 1


def test_a_plan_is_withdrawn_and_offered_again(hana_browser, acme, lantern):
    entitled(acme, lantern, make_plan(lantern))

    hana_browser.post(f"{PLANS}standard/offer/", {"is_active": "false"})
    assert "Withdrawn" in text_of(hana_browser.get(PLANS))
    assert "Offer again" in text_of(hana_browser.get(f"{PLANS}standard/"))

    hana_browser.post(f"{PLANS}standard/offer/", {"is_active": "true"})
    assert Plan.objects.get().is_active


def test_others_find_no_desk_here(alice_browser, lantern):
    make_plan(lantern)

    for path in (PLANS, f"{PLANS}new/", f"{PLANS}standard/", f"{PLANS}standard/price/"):
        assert alice_browser.get(path).status_code == 404
        assert Client().get(path).status_code == 302
    assert alice_browser.post(f"{PLANS}new/", NEW).status_code == 404
    assert alice_browser.post(f"{PLANS}standard/offer/").status_code == 404
    assert Plan.objects.get().is_active
