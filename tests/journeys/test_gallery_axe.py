"""The gallery and the account pages have no accessibility violation, in light and in dark."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACES = ["/ui/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/no/page/"]


def violations(page: Page) -> list[str]:
    """Return every rule that is broken, with the first element that breaks it."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.fixture(params=[("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)], ids=str)
def page(request, chromium: Browser) -> Iterator[Page]:
    scheme, width = request.param
    context = chromium.new_context(
        color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda line: line.type == "error" and page.complaints.append(line.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def test_no_rule_is_broken(page, live_server, settings):
    settings.DEBUG = False
    broken = {}
    for place in PLACES:
        page.goto(live_server.url + place)
        broken[place] = violations(page)

    assert broken == {place: [] for place in PLACES}
    assert [line for line in page.complaints if "404" not in line] == []


def test_nothing_is_wider_than_the_screen(page, live_server):
    page.goto(f"{live_server.url}/ui/")

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_open_dialogs_and_menus_break_no_rule(page, live_server):
    page.goto(f"{live_server.url}/ui/")

    page.click("#actions .menu__button")
    with_menu = violations(page)
    page.keyboard.press("Escape")
    page.click("[data-opens=sample-dialog]")

    assert with_menu == []
    assert page.locator("#sample-dialog").is_visible()
    assert violations(page) == []
