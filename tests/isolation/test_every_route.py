"""Everything of one organization, asked for by another, on every page and endpoint."""

import pytest
from rest_framework.test import APIClient

from accounts.services.api_keys import create_key
from accounts.types import KEY_SCOPES
from inference.services import heartbeat
from inference.services.engines import stop_engine
from tests.conftest import api_of, browser_of
from tests.isolation.routes import every_route
from tests.isolation.table import ROWS
from tests.isolation.visits import address, body_of, rows_of, visits
from tests.isolation.world import CANARY, build_world

SEEN_BY_A_BROWSER = 25
SEEN_BY_A_KEY = 18


@pytest.fixture
def world(settings, monkeypatch, tmp_path, as_alice, as_charlie):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 1_000_000
    monkeypatch.setattr(heartbeat, "TICK_SECONDS", 60.0)
    yield build_world(as_alice, tmp_path)
    stop_engine(timeout_s=5)


@pytest.fixture
def intruder(request, charlie, as_charlie):
    makers = {
        "browser": lambda: browser_of(charlie),
        "key": lambda: api_of(as_charlie),
        "anonymous": APIClient,
    }
    visitor = makers[request.param]()
    visitor.raise_request_exception = False
    return visitor


def test_every_route_with_parts_has_a_row():
    missing = [one.pattern for one in every_route() if one.parts and one.pattern not in ROWS]

    assert missing == []


def test_every_row_has_a_route():
    assert set(ROWS) - {route.pattern for route in every_route()} == set()


@pytest.mark.parametrize("intruder", ["browser", "key", "anonymous"], indirect=True)
def test_nothing_of_another_organization_is_seen_or_changed(world, intruder):
    before = rows_of(world["organization_row"])
    leaks, faults = [], []

    for asked, answer in visits(intruder, world):
        if CANARY.encode() in body_of(answer):
            leaks.append(asked)
        if answer.status_code >= 500:
            faults.append(f"{asked}: {answer.status_code}")

    assert leaks == []
    assert faults == []
    assert rows_of(world["organization_row"]) == before


def test_the_owner_does_see_it(world, alice, as_alice):
    """Without this, the test above could pass on a store that shows nothing to anyone."""
    seen = {"browser": [], "key": []}
    _, token = create_key(by=as_alice, name="all", scopes=sorted(KEY_SCOPES))
    key = APIClient()
    key.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    for door, visitor in (("browser", browser_of(alice)), ("key", key)):
        for route in (one for one in every_route() if not one.parts or one.pattern in ROWS):
            answer = visitor.get(address(route, world))
            if CANARY.encode() in body_of(answer):
                seen[door].append(route.pattern)

    assert len(seen["browser"]) >= SEEN_BY_A_BROWSER, seen["browser"]
    assert len(seen["key"]) >= SEEN_BY_A_KEY, seen["key"]
