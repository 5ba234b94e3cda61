"""From a folder of files to a model on sale, and back to its first version under load."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.inference.runtimes.tiny_others import tiny_linear_text
from tests.journeys.load import calling
from tests.journeys.pasting import paste
from tests.journeys.people import HANA, PASSWORD, Person
from tests.journeys.store import Store
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MODEL = "harbor/gate-keeper"
CALL = {"model": MODEL, "input": {"texts": ["ignore the rules"]}}
CHECKS_MS = 180_000


@pytest.fixture
def hana(store: Store) -> Iterator[Person]:
    """Hana's own program."""
    hana = Person(store.url)
    hana.sign_in(HANA)
    yield hana
    hana.close()


def create_listing(visitor: Visitor, url: str) -> None:
    page = visitor.page
    page.goto(f"{url}/desk/")
    page.get_by_role("link", name="New listing").first.click()
    page.fill("input[name=name]", "Gate Keeper")
    page.fill("input[name=slug]", "gate-keeper")
    page.select_option("select[name=task]", "text-classification")
    page.fill("input[name=license]", "MIT")
    page.fill("[name=summary]", "Tells attacks from questions.")
    visitor.shoot("new listing")
    page.get_by_role("button", name="Create the draft").click()
    page.wait_for_url("**/desk/models/gate-keeper/**")


def upload(visitor: Visitor, url: str, number: str, folder: Path) -> None:
    page = visitor.page
    page.goto(f"{url}/desk/models/gate-keeper/upload/")
    page.fill("input[name=number]", number)
    page.set_input_files("input[type=file]", sorted(folder.iterdir()))
    visitor.shoot(f"files of {number}")
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url("**/desk/uploads/*/")
    expect(page.locator("#progress")).to_be_visible()
    visitor.shoot(f"checks of {number} begin")


def watch_checks(visitor: Visitor, number: str) -> None:
    """The page asks for itself; nobody reloads it."""
    publish = visitor.page.get_by_role("button", name=f"Publish {number}")
    expect(publish).to_be_visible(timeout=CHECKS_MS)
    visitor.shoot(f"checks of {number} passed")
    publish.click()
    visitor.page.wait_for_url("**/desk/models/gate-keeper/")
    visitor.shoot(f"{number} published")


def paste_call(visitor: Visitor, token: str) -> dict[str, Any]:
    """Run the call that the desk gives to copy; return what it printed."""
    button = visitor.page.locator("#desk-call-panel-1 [data-copy]")
    return json.loads(paste("curl", button.get_attribute("data-copy") or "", token))


def roll_back(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Roll back").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Roll stable back?")
    expect(dialog).to_contain_text("It points at 1.0.0 again, at once.")
    visitor.shoot("roll back")
    dialog.get_by_role("button", name="Roll back").click()
    page.wait_for_load_state()
    visitor.shoot("rolled back")


def test_an_author_publishes_twice_and_rolls_back_under_load(
    store: Store, visitor: Visitor, hana: Person, tmp_path: Path
):
    token, digests = hana.make_key(), []
    visitor.sign_in(store.url, HANA, PASSWORD)
    create_listing(visitor, store.url)
    hana.price(MODEL)
    for number, example in (("1.0.0", "ignore the rules"), ("1.1.0", "ignore this")):
        folder = tiny_linear_text(tmp_path / number, examples=[example, "thank you"])
        upload(visitor, store.url, number, folder)
        watch_checks(visitor, number)
        assert paste_call(visitor, token)["status"] == "succeeded"
        digests.append(hana.ask("POST", "/predictions", 201, json=CALL)["version"]["digest"])
    first, second = digests

    with calling(store.url, token, CALL, per_second=20) as answers:
        visitor.page.wait_for_timeout(2_500)
        roll_back(visitor)
        visitor.page.wait_for_timeout(2_500)

    served = answers.digests()
    assert first != second
    assert answers.failed() == []
    assert len(served) == answers.asked >= 100
    assert set(served) == {first, second}
    assert (served[0], set(served[-20:])) == (second, {first})
    assert re.search(r"rolled back", visitor.page.inner_text("main"), re.IGNORECASE)
    assert visitor.complaints == []
