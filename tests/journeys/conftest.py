"""Journeys in real Chromium, against a live server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.backends import EVERY_STORE
from tests.journeys.store import ROOT, Store, running_store
from tests.journeys.visitor import Visitor

SHOTS = ROOT / "test-results" / "journeys"


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
