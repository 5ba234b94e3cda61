"""The author desk in real Chromium: parts, breaks, polling, publishing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from authoring.models import Submission
from authoring.services import submissions
from inference.models import Pool
from tests.factories.authoring import checked, make_listing, published, uploaded, write_broken
from tests.inference.runtimes.tiny_others import tiny_tabular

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
PATIENCE_MS = 60_000
UPLOAD = "/desk/models/scorer/upload/"


@pytest.fixture
def page(chromium: Browser, live_server, hana_browser) -> Iterator[Page]:
    """Hana's browser, signed in; what its console complains of fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    session = hana_browser.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(autouse=True)
def pool(transactional_db) -> None:
    """The pool of the migrations. Playwright's event loop gives this thread another connection,
    whose contents pytest-django does not restore after a flush."""
    Pool.objects.get_or_create(name="cpu", defaults={"queue": "pool.cpu"})


def choose(page: Page, folder: Path) -> None:
    page.set_input_files("[name=chosen]", [str(path) for path in sorted(folder.iterdir())])


def violations(page: Page) -> list[str]:
    return [one["id"] for one in Axe().run(page).response["violations"]]


def test_uploads_watches_publishes(page, live_server, as_hana, tmp_path) -> None:
    listing = make_listing(as_hana)
    folder = tiny_tabular(tmp_path / "one")
    (folder / "evil.pt").write_bytes(b"x")
    page.goto(live_server.url + UPLOAD)
    page.fill("[name=number]", "1.0.0")
    choose(page, folder)
    page.click("[data-send]")
    wrong = page.inner_text(".upload-file--wrong")
    (folder / "evil.pt").unlink()

    choose(page, folder)
    page.click("[data-send]")
    page.wait_for_selector("#progress >> text=Waiting for a worker")
    submission = Submission.objects.get()
    submissions.run_checks(str(submission.pk))
    page.click("text=Publish 1.0.0")
    page.wait_for_selector("text=1.0.0 is published.")

    listing.refresh_from_db()
    assert "evil.pt is a PyTorch checkpoint" in wrong
    assert listing.state == "published"
    assert violations(page) == []


def test_goes_on_after_the_network_broke_and_the_page_was_closed(
    page, live_server, as_hana, tmp_path
) -> None:
    make_listing(as_hana)
    folder = tiny_tabular(tmp_path / "one")
    (folder / "README.md").write_text("About.")

    def cut(route: Route) -> None:
        is_part = route.request.method == "PUT" and "safetensors" in route.request.url
        route.abort() if is_part else route.continue_()

    page.route("**/api/v1/submissions/**", cut)
    page.goto(live_server.url + UPLOAD)
    page.fill("[name=number]", "1.0.0")
    choose(page, folder)
    page.click("[data-send]")
    page.wait_for_selector("text=The connection is lost; trying again.")
    begun = page.url
    page.unroute("**/api/v1/submissions/**")
    page.goto("about:blank")

    page.goto(begun)
    assert page.locator("[data-path='README.md']").inner_text().endswith("6 bytes, all here")
    sent: list[str] = []
    page.on("request", lambda one: one.method == "PUT" and sent.append(one.url.split("/")[-1]))
    choose(page, folder)
    page.click("[data-send]")
    page.wait_for_selector("text=Waiting for a worker")

    assert sent == ["model.safetensors"]
    assert Submission.objects.get().state == "checking"


def test_what_is_wrong_stands_beside_its_field_and_takes_the_focus(
    page, live_server, as_hana, tmp_path
) -> None:
    folder = tiny_tabular(tmp_path / "one")
    uploaded(as_hana, make_listing(as_hana), folder)
    page.goto(live_server.url + UPLOAD)
    page.fill("[name=number]", "1.0.0")
    choose(page, folder)

    page.click("[data-send]")
    page.wait_for_selector(".field__error")
    beside = page.locator(".field", has=page.locator("[name=number]")).inner_text()
    marked = page.evaluate("document.activeElement.name")
    page.fill("[name=number]", "1.1.0")
    page.click("[data-send]")
    page.wait_for_selector("#progress >> text=Waiting for a worker")

    assert "has version 1.0.0 already" in beside
    assert marked == "number"


def test_a_form_that_is_sent_back_puts_the_focus_on_what_is_wrong(
    page, live_server, as_hana
) -> None:
    make_listing(as_hana)
    page.goto(f"{live_server.url}/desk/new/")
    page.fill("[name=name]", "Another")
    page.fill("[name=slug]", "scorer")
    page.select_option("[name=task]", "tabular-classification")
    page.fill("[name=license]", "MIT")
    page.fill("[name=summary]", "Scores.")

    page.click("text=Create the draft")
    page.wait_for_selector("text=is taken")

    assert page.evaluate("document.activeElement.name") == "slug"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_rule_of_accessibility_is_broken(
    chromium: Browser,
    page,
    live_server,
    as_hana,
    tmp_path,
    scheme,
    width,
) -> None:
    refused = checked(as_hana, make_listing(as_hana), write_broken(tmp_path / "one", b"no"))
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    whole = uploaded(as_hana, refused.listing, tiny_tabular(tmp_path / "two"), "1.1.0")
    published(as_hana, refused.listing, tiny_tabular(tmp_path / "three"), "1.2.0")
    plans = "/desk/listings/scorer/plans/"
    places = ["/desk/", "/desk/new/", "/desk/models/scorer/", UPLOAD, "/desk/uploads/"]
    places += [whole.get_absolute_url(), plans, f"{plans}new/"]
    broken = {}

    for place in [*places, refused.get_absolute_url()]:
        page.goto(live_server.url + place)
        is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        broken[place] = [*violations(page), *(["wide"] if is_wide else [])]

    assert broken == {place: [] for place in broken}
