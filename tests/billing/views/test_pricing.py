import pytest
from django.test import Client

from billing.models import Entitlement
from tests.billing.conftest import DOLLAR, account_of
from tests.conftest import browser_of
from tests.factories.billing import PER_TOKEN, entitled, make_plan

PAGE = "/models/harbor/lantern/"
MONTHLY = {**PER_TOKEN, "recurring": {"fee": "9", "included": {"input_tokens": 5}}}
TIERS = {
    "currency": "USD",
    "charges": [
        {
            "kind": "graduated",
            "meter": "requests",
            "tiers": [{"up_to": 10, "price": "0.5"}, {"up_to": None, "price": "0.25"}],
        }
    ],
}


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_anybody_sees_plans_tiers_and_the_calculator(lantern):
    make_plan(lantern, TIERS, name="By the call")

    page = text_of(Client().get(f"{PAGE}pricing/"))

    assert "By the call" in page
    assert "1 to 10" in page
    assert "$0.25 / request" in page
    assert "Sign in to subscribe" in page
    assert "Test money" in page
    assert 'name="calls"' in page


def test_a_member_is_shown_what_it_has_and_what_it_can_switch_to(alice_browser, acme, lantern):
    entitled(acme, lantern, make_plan(lantern, code="one"))
    make_plan(lantern, code="two")

    page = text_of(alice_browser.get(f"{PAGE}pricing/"))

    assert "Your plan" in page
    assert "Switch to this plan" in page


def test_a_viewer_is_told_who_can_subscribe(bob, acme, lantern):
    make_plan(lantern)

    page = text_of(browser_of(bob).get(f"{PAGE}pricing/"))

    assert "An owner or admin of your organization can subscribe." in page
    assert "/subscribe/" not in page


def test_a_listing_without_plans_says_so(hana_browser, alice_browser, lantern):
    assert "has not said what this model costs" in text_of(alice_browser.get(f"{PAGE}pricing/"))
    assert "/desk/listings/lantern/plans/" in text_of(hana_browser.get(f"{PAGE}pricing/"))


def test_the_calculator_answers_a_plain_form_and_htmx_alike(lantern):
    make_plan(lantern)
    query = {"calls": 1000, "input_tokens": 9000, "output_tokens": 1000}

    whole = text_of(Client().get(f"{PAGE}calculator/", query))
    part = text_of(Client().get(f"{PAGE}calculator/", query, headers={"HX-Request": "true"}))

    for page in (whole, part):
        assert "$1.30" in page
        assert "9,000,000 input tokens × $0.10 / 1,000,000 = $0.90" in page
    assert "<html" in whole
    assert "<html" not in part


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"calls": "many"}, "Calls a month: Enter a whole number."),
        ({"calls": -1}, "Calls a month: Ensure this value"),
        ({"input_tokens": 10**12, "calls": 10**9}, "cost more than an account can hold"),
    ],
)
def test_the_calculator_says_what_it_cannot_calculate(lantern, query, says):
    make_plan(lantern)

    page = text_of(Client().get(f"{PAGE}calculator/", query, headers={"HX-Request": "true"}))

    assert says in page


def test_the_way_to_subscribe_shows_price_terms_and_money(alice_browser, lantern):
    make_plan(lantern, MONTHLY, kind="subscription", terms="Be kind to it.")

    page = text_of(alice_browser.get(f"{PAGE}plans/standard/subscribe/"))

    assert "Be kind to it." in page
    assert "$9.00" in page
    assert "No real money is taken." in page
    assert not Entitlement.objects.exists()


def test_subscribing_leads_to_the_subscription(alice_browser, acme, lantern):
    make_plan(lantern, MONTHLY, kind="subscription")

    answer = alice_browser.post(f"{PAGE}plans/standard/subscribe/")

    made = Entitlement.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/subscriptions/{made.pk}/")
    assert account_of(acme) == (DOLLAR, 0)


def test_what_cannot_be_paid_changes_nothing_and_says_why(alice_browser, acme, lantern):
    make_plan(lantern, {**PER_TOKEN, "recurring": {"fee": "99"}}, kind="subscription")

    answer = alice_browser.post(f"{PAGE}plans/standard/subscribe/")

    assert answer.status_code == 409
    assert "$99.00, and $10.00 of credit is free" in answer.content.decode()
    assert not Entitlement.objects.exists()
    assert account_of(acme) == (10 * DOLLAR, 0)


def test_strangers_sign_in_first_and_viewers_are_refused(bob, acme, lantern):
    make_plan(lantern)
    url = f"{PAGE}plans/standard/subscribe/"

    assert Client().get(url)["Location"].startswith("/accounts/login/?next=")
    assert Client().post(url).status_code == 302
    assert browser_of(bob).post(url).status_code == 403
    assert not Entitlement.objects.exists()


def test_anothers_private_offer_is_not_there(alice_browser, elsewhere, lantern):
    make_plan(lantern, code="deal", kind="private", buyer=elsewhere)

    assert alice_browser.get(f"{PAGE}plans/deal/subscribe/").status_code == 404
    assert "deal" not in text_of(alice_browser.get(f"{PAGE}pricing/")).lower().split()


def test_the_pricing_tab_takes_few_queries(lantern, django_assert_max_num_queries):
    for number in range(8):
        make_plan(lantern, code=f"plan-{number}")

    with django_assert_max_num_queries(14):
        Client().get(f"{PAGE}pricing/")
