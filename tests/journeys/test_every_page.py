"""Every page in light and dark, on a phone and a screen: no rule of accessibility is broken."""

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from axe_playwright_python.sync_playwright import Axe
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from playwright.sync_api import Browser, Page

from accounts.models import Organization, User
from inference.services import heartbeat
from inference.services.engines import stop_engine
from marketplace.storefront.views import home
from tests.accounts.test_sign_in import PASSWORD, code_of
from tests.conftest import browser_of
from tests.factories.catalog import published_listing
from tests.isolation.routes import every_route
from tests.isolation.world import build_world
from tests.journeys.every_page import (
    ACCOUNT_PAGES,
    ANYONE,
    API_PAGES,
    AUTHOR,
    BUYER,
    NOT_PAGES,
    PAGES,
)
from tests.journeys.visitor import TELL_VIOLATIONS

LOOKS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
PICTURED = {("light", 1280), ("dark", 390)}
PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "pages"
WIDER = "document.documentElement.scrollWidth - innerWidth"
SETTLE = """document.getAnimations()
    .filter((one) => one instanceof CSSTransition)
    .forEach((one) => one.finish())"""
HOUSE = [place for route in every_route() for place in PAGES.get(route.pattern, [])] + ACCOUNT_PAGES


def test_every_page_is_in_the_list():
    known = set(PAGES) | NOT_PAGES
    routes = {one.pattern for one in every_route() if not one.pattern.startswith("api/")}

    assert {one.pattern for one in every_route()} >= set(API_PAGES)
    assert sorted(routes - known) == []
    assert sorted(known - routes) == []


@pytest.fixture
def world(settings, monkeypatch, tmp_path, as_alice):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 1_000_000
    monkeypatch.setattr(heartbeat, "TICK_SECONDS", 60.0)
    made = build_world(as_alice, tmp_path)
    published_listing(organization=Organization.objects.get(slug="shop"), slug="fourth")
    yield made | _secrets(as_alice.user)
    stop_engine(timeout_s=5)


def _secrets(user: User) -> dict[str, str]:
    """The parts of addresses that stand in mails."""
    address = EmailAddress.objects.create(user=user, email="new@acme.example")
    key = default_token_generator.make_token(user)
    return {
        "confirmation": EmailConfirmationHMAC(address).key,
        "reset": f"{user_pk_to_url_str(user)}-{key}",
    }


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.complaints = []
    page.add_init_script(TELL_VIOLATIONS)
    page.on("console", lambda line: line.type == "error" and page.complaints.append(line.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [ANYONE, BUYER, AUTHOR])
def test_no_page_breaks_a_rule(role, page, live_server, world, alice):
    if role != ANYONE:
        cookie = browser_of(alice).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    complaints = []

    for place in [path.format(**world) for one, path in HOUSE if one == role]:
        answer = page.goto(live_server.url + place)
        if answer.status != 200:
            complaints.append(f"{place}: {answer.status}")
        complaints += [f"{place} {said}" for look in LOOKS for said in examine(page, place, *look)]
        complaints += [f"{place}: {said}" for said in page.complaints]
        page.complaints.clear()

    assert complaints == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("place", "theirs"), API_PAGES.values(), ids=list(API_PAGES))
def test_the_viewers_of_the_api_work_under_our_policy(place, theirs, page, live_server, db):
    page.goto(live_server.url + place)
    page.get_by_text("/api/v1/account", exact=True).first.wait_for()

    # Swagger nests buttons, has pale words and two main landmarks; Redoc skips levels of
    # headings. Neither has an option for it; the rest of their pages is ours.
    said = [line for look in LOOKS for line in examine(page, place, *look, but=theirs)]
    assert said + page.complaints == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, SuspiciousOperation()),
        (403, PermissionDenied()),
        (404, Http404()),
        (500, RuntimeError("broken on purpose")),
    ],
)
def test_no_page_of_an_error_breaks_a_rule(
    status, error, page, live_server, db, monkeypatch, caplog
):
    caplog.set_level("CRITICAL", "django.request")
    monkeypatch.setattr(home, "home_page", Mock(side_effect=error))

    answer = page.goto(live_server.url)

    assert answer.status == status
    said = [line for look in LOOKS for line in examine(page, f"error {status}", *look)]
    assert said == []
    # The browser itself notes the status of a page that is no success, and nothing else.
    assert [line for line in page.complaints if f"status of {status}" not in line] == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_page_of_the_second_factor_breaks_a_rule(page, live_server, alice, acme):
    def seen() -> list[str]:
        return [line for look in LOOKS for line in examine(page, page.url.split("/", 3)[3], *look)]

    def sign_in() -> None:
        page.goto(f"{live_server.url}/accounts/login/")
        page.fill("[name=login]", alice.email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")

    sign_in()
    page.goto(f"{live_server.url}/accounts/2fa/totp/activate/")
    said = seen()
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.locator("[name=code]").wait_for()
    said += seen()
    page.fill("[name=code]", code_of(page.input_value("#authenticator_secret")))
    page.click("main button[type=submit]")
    page.wait_for_url("**/recovery-codes/")
    for place in ("recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", ""):
        answer = page.goto(f"{live_server.url}/accounts/2fa/{place}")
        said += seen() if answer.status == 200 else [f"{place}: {answer.status}"]
    page.context.clear_cookies()
    sign_in()
    page.wait_for_url("**/2fa/authenticate/")
    said += seen()

    assert said + page.complaints == []


def examine(page: Page, place: str, scheme: str, width: int, *, but: str = "") -> list[str]:
    """Return what is wrong with the page in one look; pictures of two looks are kept.

    What is inside the element ``but`` is not asked about.
    """
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLE)
    context = {"exclude": [[but]]} if but else None
    asked = Axe().run(page, context, options={"resultTypes": ["violations"]})
    found = asked.response["violations"]
    said = [f"({scheme} {width}) {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
    if (wider := page.evaluate(WIDER)) > 0:
        said.append(f"({scheme} {width}) is {wider} px too wide")
    if (scheme, width) in PICTURED:
        name = re.sub(r"[^a-z0-9]+", "-", place).strip("-") or "home"
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True)
    return said
