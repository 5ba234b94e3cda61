import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.billing.conftest import account_of, key_of
from tests.conftest import browser_of
from tests.factories.billing import PER_TOKEN, entitled, make_call, make_plan

CALL = {"input_tokens": 1_000, "output_tokens": 10}


@pytest.fixture
def call(as_alice, acme, lantern, clock):
    """One call of today; the prediction's id."""
    entitled(acme, lantern)
    return make_call(as_alice, lantern, maximum=CALL, used=CALL)


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_usage_shows_numbers_chart_tables_and_credit(alice_browser, call):
    page = text_of(alice_browser.get("/usage/"))

    assert "$0.000104" in page
    assert "Cost by day" in page
    assert page.count("Lantern") >= 2
    assert "In the browser" in page
    assert "Test money" in page
    assert "$9.999896" in page


def test_usage_of_a_new_organization_is_empty_and_has_welcome_credit(charlie_browser, elsewhere):
    page = text_of(charlie_browser.get("/usage/"))

    assert "No calls in these days" in page
    assert "Welcome credit" in page


def test_usage_of_other_days(alice_browser, call, clock):
    clock.shift(timedelta(days=10))

    later = text_of(alice_browser.get("/usage/", {"start": "2026-12-01"}))
    days = {"start": "2026-11-24", "end": "2026-11-24"}
    then = text_of(alice_browser.get("/usage/", days))

    assert ("No calls in these days" in later, "No calls in these days" in then) == (True, False)


@pytest.mark.parametrize(
    "query", [{"start": "2026-11-24", "end": "2026-11-01"}, {"start": "x"}, {"currency": "$"}]
)
def test_odd_days_are_explained(alice_browser, call, query):
    answer = alice_browser.get("/usage/", query)

    assert answer.status_code == 422
    assert "The last thirty days are shown instead." in answer.content.decode()


def test_a_row_opens_into_its_predictions(alice_browser, as_alice, lantern, call):
    key = key_of(as_alice)
    other = make_call(key, lantern, maximum=CALL, used=CALL)

    of_key = text_of(alice_browser.get("/usage/predictions/", {"key": key.api_key.pk}))
    without = text_of(alice_browser.get("/usage/predictions/", {"key": "none"}))

    assert (str(other) in of_key, str(call) in of_key) == (True, False)
    assert (str(other) in without, str(call) in without) == (False, True)


def test_predictions_come_in_pages(alice_browser, as_alice, lantern, call):
    for _ in range(25):
        make_call(as_alice, lantern, maximum=CALL, used=CALL)

    first = text_of(alice_browser.get("/usage/predictions/"))

    assert first.count("Trace</a>") == 25
    assert "cursor=" in first


def test_a_cost_opens_into_its_parts(alice_browser, call):
    page = text_of(alice_browser.get(f"/usage/predictions/{call}/"))
    part = text_of(alice_browser.get(f"/usage/predictions/{call}/", headers={"HX-Request": "true"}))

    for shown in (page, part):
        assert "1,000 input tokens × $0.10 / 1,000,000 = $0.0001" in shown
        assert "10 output tokens × $0.40 / 1,000,000 = $0.000004" in shown
        assert "1 request" in shown
        assert "not charged under this plan" in shown
    assert "<html" not in part


def test_a_bounded_cost_shows_what_was_waived(alice_browser, as_alice, acme, lantern):
    entitled(acme, lantern)
    bounded = make_call(as_alice, lantern, maximum=CALL, used={"input_tokens": 1_000_000})

    page = text_of(alice_browser.get(f"/usage/predictions/{bounded}/"))

    assert "above the promised maximum, not charged = −$0.099896" in page


def test_download_is_exact(alice_browser, call):
    answer = alice_browser.get("/usage/events.csv")

    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert len(rows) == 1
    assert rows[0]["prediction_id"] == str(call)
    assert (rows[0]["cost"], rows[0]["currency"]) == ("0.000104", "USD")
    assert rows[0]["quantities"] == "input_tokens=1000 output_tokens=10 requests=1"
    assert 'filename="usage-acme-2026-10-26-2026-11-24.csv"' in answer["Content-Disposition"]


def test_others_see_none_of_it(charlie_browser, call):
    page = text_of(charlie_browser.get("/usage/"))

    assert "Lantern" not in page
    assert charlie_browser.get(f"/usage/predictions/{call}/").status_code == 404
    assert str(call) not in text_of(charlie_browser.get("/usage/predictions/"))
    assert str(call) not in b"".join(charlie_browser.get("/usage/events.csv")).decode()


def test_strangers_sign_in_first(call):
    for path in (
        "/usage/",
        "/usage/predictions/",
        f"/usage/predictions/{call}/",
        "/subscriptions/",
    ):
        assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_test_credit_can_be_filled_up(alice_browser, bob, acme):
    alice_browser.get("/usage/?is_test=true")

    assert alice_browser.post("/credit/fill/").status_code == 302
    assert browser_of(bob).post("/credit/fill/").status_code == 403

    assert account_of(acme, is_test=True) == (10 * 10**9, 0)


def test_the_usage_page_takes_as_many_queries_for_many_calls_as_for_one(
    alice_browser, as_alice, lantern, call
):
    alice_browser.get("/usage/")
    with CaptureQueriesContext(connection) as one:
        alice_browser.get("/usage/")
    for _ in range(12):
        make_call(key_of(as_alice), lantern, maximum=CALL, used=CALL)

    with CaptureQueriesContext(connection) as many:
        alice_browser.get("/usage/")

    assert len(many) == len(one) <= 30


def test_subscriptions_are_listed_changed_and_canceled(alice_browser, as_alice, acme, lantern):
    plan = make_plan(lantern, {**PER_TOKEN, "recurring": {"fee": "9"}}, kind="subscription")
    alice_browser.post(f"/models/harbor/lantern/plans/{plan.code}/subscribe/")
    page = text_of(alice_browser.get("/subscriptions/"))
    assert "Renews" in page
    assert "Change plan" in page
    made = page.split("/subscriptions/")[1:]
    pk = next(one.split("/")[0] for one in made if len(one.split("/")[0]) == 36)

    canceled = alice_browser.post(f"/subscriptions/{pk}/cancel/", follow=True)

    assert "Canceled; calls work until" in canceled.content.decode()
    assert "Ends" in text_of(alice_browser.get("/subscriptions/"))


def test_anothers_subscription_cannot_be_seen_or_canceled(charlie_browser, acme, lantern):
    made = entitled(acme, lantern)

    assert charlie_browser.get(f"/subscriptions/{made.pk}/").status_code == 404
    assert charlie_browser.post(f"/subscriptions/{made.pk}/cancel/").status_code == 404
    assert charlie_browser.get(f"/subscriptions/{uuid4()}/").status_code == 404

    made.refresh_from_db()
    assert made.state == "active"


def test_a_viewer_sees_subscriptions_and_cannot_cancel(bob, acme, lantern):
    made = entitled(acme, lantern)
    browser = browser_of(bob)

    assert "Cancel subscription" not in text_of(browser.get(f"/subscriptions/{made.pk}/"))
    assert browser.post(f"/subscriptions/{made.pk}/cancel/").status_code == 403

    made.refresh_from_db()
    assert made.state == "active"
