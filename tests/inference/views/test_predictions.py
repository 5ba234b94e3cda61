"""The list of predictions and their traces, for owner, member and outsider."""

import pytest
from django.test import Client

from inference.models import Prediction
from inference.services.claims import claim
from inference.services.predictions import create
from inference.services.retention import remove_expired_bodies
from inference.types import WebhookTarget
from marketplace.core.clock import now
from tests.conftest import browser_of
from tests.factories.inference import ATTACK, request_of, waiting_prediction

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def finished(as_alice, shield):
    return create(by=as_alice, request=request_of(shield, metadata={"ticket": "T-7"}))


@pytest.fixture
def waiting(as_alice, shield):
    return waiting_prediction(as_alice, shield)


def text(client, path, **more):
    response = client.get(path, **more)
    assert response.status_code == 200
    return response.content.decode()


def test_lists_calls_with_time_and_cost(alice_browser, finished):
    page = text(alice_browser, "/predictions/")

    for words in ("Succeeded", "harbor/shield", "1.0.0", "$0.002", f"/predictions/{finished.pk}/"):
        assert words in page


def test_says_what_to_do_when_there_are_none(alice_browser):
    assert "No predictions here" in text(alice_browser, "/predictions/")


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("status=succeeded", True),
        ("status=failed", False),
        ("model=harbor/shield", True),
        ("model=harbor/other", False),
        ("source=api", True),
        ("source=playground", False),
        ("status=nonsense&model=nonsense", True),
    ],
)
def test_narrows_the_list(alice_browser, finished, query, is_shown):
    assert (str(finished.pk) in text(alice_browser, f"/predictions/?{query}")) is is_shown


def test_a_line_asks_again_only_while_it_changes(alice_browser, waiting):
    path = f"/predictions/{waiting.pk}/row/"
    assert f'hx-get="{path}"' in text(alice_browser, "/predictions/")

    Prediction.objects.update(status="succeeded")

    assert "hx-get" not in text(alice_browser, path)


def test_a_longer_list_needs_no_more_queries(
    alice_browser, as_alice, shield, django_assert_max_num_queries
):
    for _ in range(6):
        create(by=as_alice, request=request_of(shield))

    with django_assert_max_num_queries(12):
        alice_browser.get("/predictions/")


def test_a_trace_tells_everything(alice_browser, finished, shield):
    page = text(alice_browser, f"/predictions/{finished.pk}/")

    digest = shield.versions.get().digest
    for words in ("Succeeded", "harbor/shield:1.0.0", digest, "linear-text", "T-7", "cpu"):
        assert words in page
    for words in ("Runs", "Settles", "1 request", "$0.002", "attack", "ignore all of it"):
        assert words in page


def test_a_trace_asks_again_only_while_it_changes(alice_browser, waiting):
    path = f"/predictions/{waiting.pk}/"
    assert f'hx-get="{path}"' in text(alice_browser, path)

    Prediction.objects.update(status="failed", error={"detail": "No.", "code": "x", "fault": "y"})
    fragment = text(alice_browser, path, headers=HTMX)

    assert "hx-get" not in fragment
    assert "<html" not in fragment
    assert "No." in fragment


def test_a_trace_shows_reports(alice_browser, as_alice, shield):
    target = WebhookTarget("https://buyer.example/hook")
    made = create(by=as_alice, request=request_of(shield, webhook=target))

    page = text(alice_browser, f"/predictions/{made.pk}/")

    assert "https://buyer.example/hook" in page
    assert "On its way" in page


def test_a_trace_outlives_the_bodies(alice_browser, finished):
    Prediction.objects.update(bodies_until=now())
    remove_expired_bodies()

    page = text(alice_browser, f"/predictions/{finished.pk}/")

    assert "Input and output were removed" in page
    assert ATTACK["texts"][0] not in page


def test_canceling_shows_the_trace(alice_browser, waiting):
    response = alice_browser.post(f"/predictions/{waiting.pk}/cancel/", follow=True)

    assert response.redirect_chain == [(f"/predictions/{waiting.pk}/", 302)]
    assert "The prediction is canceled." in response.content.decode()
    assert Prediction.objects.get().status == "canceled"


def test_a_running_one_is_asked_to_stop(alice_browser, waiting):
    claim(waiting.pk)

    response = alice_browser.post(f"/predictions/{waiting.pk}/cancel/", follow=True)

    assert "is being stopped" in response.content.decode()


def test_a_viewer_sees_and_does_not_cancel(bob, waiting):
    browser = browser_of(bob)

    assert "/cancel/" not in text(browser, f"/predictions/{waiting.pk}/")
    assert browser.post(f"/predictions/{waiting.pk}/cancel/").status_code == 403
    assert Prediction.objects.get().status == "starting"


@pytest.mark.parametrize("tail", ["", "row/"])
def test_an_outsider_sees_nothing(charlie_browser, finished, tail):
    response = charlie_browser.get(f"/predictions/{finished.pk}/{tail}")

    assert response.status_code == 404
    assert "shield" not in response.content.decode()


def test_an_outsider_cancels_nothing(charlie_browser, waiting):
    assert charlie_browser.post(f"/predictions/{waiting.pk}/cancel/").status_code == 404
    assert Prediction.objects.get().status == "starting"


@pytest.mark.parametrize("path", ["/predictions/", "/predictions/{}/"])
def test_strangers_sign_in_first(waiting, path):
    response = Client().get(path.format(waiting.pk))

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
