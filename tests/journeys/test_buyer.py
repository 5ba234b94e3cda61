"""A new person finds a chat model, tries it, subscribes, calls it from a shell, sees the cost."""

import shutil
import uuid
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pasting import SHELLS, paste
from tests.journeys.people import PASSWORD
from tests.journeys.store import Store
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LISTING = "/models/harbor/lantern-chat/"
# Notes every text that the streaming answer shows, from one paint of a piece to the next.
WATCH_ANSWER = """() => {
  window.seen = [];
  const note = () => {
    const text = document.querySelector("[data-streaming]")?.textContent ?? "";
    if (text && text !== window.seen.at(-1)) window.seen.push(text);
  };
  new MutationObserver(note).observe(document.body,
    { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def sign_up(visitor: Visitor, url: str) -> None:
    page = visitor.page
    page.goto(url)
    visitor.shoot("home")
    page.get_by_role("link", name="Sign up").first.click()
    page.fill("input[name=name]", "Nora Newcomer")
    page.fill("input[name=email]", f"nora-{uuid.uuid4().hex[:8]}@example.org")
    page.fill("input[name=password1]", PASSWORD)
    visitor.shoot("sign up")
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url(lambda now: "/accounts/" not in now)


def find_by_search(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("searchbox", name="Search models").first.fill("chat")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_contain_text("Lantern Chat")
    visitor.shoot("search")
    page.locator("#results").get_by_role("link", name="Lantern Chat").first.click()
    page.wait_for_url(f"**{LISTING}")
    visitor.shoot("listing")


def try_it(visitor: Visitor) -> list[str]:
    """Send a message; return every state of the answer that was seen."""
    page = visitor.page
    page.get_by_role("link", name="Try it").first.click()
    page.wait_for_url(f"**{LISTING}try/**")
    form = page.locator("form[data-stream]")
    form.locator("textarea").first.fill("What is the sea?")
    visitor.shoot("try it")
    page.evaluate(WATCH_ANSWER)
    form.locator("[data-stream-send]").click()
    expect(form.locator("[data-stream-status]")).to_have_text("The answer is complete.")
    visitor.shoot("answered")
    return page.evaluate("window.seen")


def subscribe(visitor: Visitor, url: str) -> None:
    page = visitor.page
    page.goto(f"{url}{LISTING}pricing/")
    visitor.shoot("pricing")
    page.get_by_role("link", name="Subscribe").first.click()
    page.wait_for_url("**/subscribe/")
    visitor.shoot("subscribe")
    page.locator("main").get_by_role("button", name="Subscribe").click()
    page.wait_for_url(lambda now: not now.endswith("/subscribe/"))
    visitor.shoot("subscribed")


def make_key(visitor: Visitor, url: str) -> str:
    page = visitor.page
    page.goto(f"{url}/keys/")
    page.get_by_role("link", name="New key").first.click()
    page.fill("input[name=name]", "Laptop")
    visitor.shoot("new key")
    page.get_by_role("button", name="Make the key").click()
    token = page.locator("#new-key").inner_text()
    visitor.shoot("key")
    return token


def snippets(visitor: Visitor, url: str) -> dict[str, str]:
    """Return what the copy buttons of the API tab give, by language."""
    page = visitor.page
    page.goto(f"{url}{LISTING}api/")
    visitor.shoot("api")
    panels = page.locator("[data-code-tabs]").first.locator(".code__panel")
    return {
        panel.get_attribute("data-label"): panel.locator("[data-copy]").get_attribute("data-copy")
        for panel in panels.all()
    }


def costs_of_calls(page: Page, url: str) -> dict[str, str]:
    """Return the cost of every call on the usage pages, by the address of its trace."""
    page.goto(f"{url}/usage/")
    page.locator(".stats").get_by_role("link").first.click()
    page.wait_for_url("**/usage/predictions/**")
    rows = page.locator("main tbody tr").all()
    return {
        row.get_by_role("link", name="Trace").get_attribute("href"): row.locator(
            "td[data-label=Cost]"
        ).inner_text()
        for row in rows
    }


def assert_trace_tells_all(page: Page) -> None:
    main = page.locator("main")
    for words in ("Succeeded", "causal-lm", "1.0.0", "input token", "output token", "$", " ms"):
        expect(main).to_contain_text(words)


def test_a_newcomer_finds_tries_subscribes_calls_and_sees_the_cost(store: Store, visitor: Visitor):
    page, url = visitor.page, store.url
    sign_up(visitor, url)
    find_by_search(visitor)
    seen = try_it(visitor)
    assert len(seen) >= 2
    assert all(later.startswith(earlier) for earlier, later in pairwise(seen))

    subscribe(visitor, url)
    token = make_key(visitor, url)
    before = costs_of_calls(page, url)
    found = snippets(visitor, url)
    assert {"curl", "Python", "JavaScript"} <= found.keys()
    languages = [name for name in SHELLS if shutil.which(SHELLS[name][0])]
    for language in languages:
        assert "harbor/lantern-chat" in found[language]
        assert paste(language, found[language], token).strip()

    after = costs_of_calls(page, url)
    visitor.shoot("usage by prediction")
    fresh = {trace: cost for trace, cost in after.items() if trace not in before}
    assert len(fresh) == len(languages)
    for trace, cost in fresh.items():
        assert float(cost.removeprefix("$")) > 0
        page.goto(url + trace)
        assert_trace_tells_all(page)
        visitor.shoot("trace")
    assert visitor.complaints == []
