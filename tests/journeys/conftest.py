"""Journeys in real Chromium, against a live server."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.store import ROOT, Store, running_store
from tests.journeys.visitor import Visitor

CHROMIUM = Path("/usr/bin/chromium")
SHOTS = ROOT / "test-results" / "journeys"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless browser. Playwright keeps an event loop in this thread, which Django would
    take for asynchronous code."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium here")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with two small models on what `make run` uses: SQLite and the embedded broker."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium here")
    with running_store(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture
def visitor(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """A fresh browser window."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield Visitor(context.new_page(), SHOTS / request.node.name)
    context.close()
