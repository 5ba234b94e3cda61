"""Every page in light and dark, on a phone and a screen: no rule of accessibility is broken."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from inference.services import heartbeat
from inference.services.engines import stop_engine
from tests.conftest import browser_of
from tests.isolation.routes import every_route
from tests.isolation.world import build_world
from tests.journeys.every_page import ACCOUNT_PAGES, ANYONE, AUTHOR, BUYER, NOT_PAGES, PAGES

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

    assert sorted(routes - known) == []
    assert sorted(known - routes) == []


@pytest.fixture
def world(settings, monkeypatch, tmp_path, as_alice):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 1_000_000
    monkeypatch.setattr(heartbeat, "TICK_SECONDS", 60.0)
    yield build_world(as_alice, tmp_path)
    stop_engine(timeout_s=5)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.complaints = []
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


def examine(page: Page, place: str, scheme: str, width: int) -> list[str]:
    """Return what is wrong with the page in one look; pictures of two looks are kept."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLE)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    said = [f"({scheme} {width}) {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
    if (wider := page.evaluate(WIDER)) > 0:
        said.append(f"({scheme} {width}) is {wider} px too wide")
    if (scheme, width) in PICTURED:
        name = re.sub(r"[^a-z0-9]+", "-", place).strip("-") or "home"
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True)
    return said
