"""Journeys in real Chromium, against a live server."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.store import ROOT, S3RVER, Store, running_store
from tests.journeys.visitor import Visitor
from tests.services import AMQP, POSTGRES, REDIS, needs

CHROMIUM = Path("/usr/bin/chromium")
SERVED_STORES = [
    pytest.param("postgres-redis-moto", marks=[pytest.mark.services, needs(POSTGRES, REDIS)]),
    pytest.param(
        "postgres-rabbitmq-s3rver",
        marks=[
            pytest.mark.services,
            needs(POSTGRES, AMQP),
            pytest.mark.skipif(not shutil.which("rabbitmqctl"), reason="no rabbitmqctl"),
            pytest.mark.skipif(not S3RVER.exists(), reason="npm ci --prefix tests/servers"),
        ],
    ),
]
EVERY_STORE = ["sqlite-embedded-files", *SERVED_STORES]
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


@pytest.fixture(scope="session", params=EVERY_STORE)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with two small models, on what `make run` uses and on servers of others."""
    database, broker, objects = request.param.split("-")
    place = tmp_path_factory.mktemp("store")
    with running_store(place, database=database, broker=broker, objects=objects) as running:
        yield running


@pytest.fixture
def visitor(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """A fresh browser window."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield Visitor(context.new_page(), SHOTS / request.node.name)
    context.close()
