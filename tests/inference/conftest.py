"""Models on sale, an engine that ends with its test, and quiet background threads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import Organization
from catalog.models import Listing
from inference.services import engines, heartbeat
from tests.factories.inference import chat_listing, served_listing


@pytest.fixture(autouse=True)
def quiet_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the heartbeat out of the tests' database, and stop what they started."""
    monkeypatch.setattr(heartbeat, "TICK_SECONDS", 60.0)
    yield
    engines.stop_engine(timeout_s=5)


@pytest.fixture
def shield(harbor: Organization, acme: Organization, tmp_path: Path) -> Listing:
    """A text classifier at $0.002 a request, to which Acme is subscribed."""
    return served_listing(harbor, tmp_path / "shield", slug="shield", buyer=acme)


@pytest.fixture
def chat(harbor: Organization, acme: Organization, tmp_path: Path) -> Listing:
    """A chat model priced by token, to which Acme is subscribed."""
    return chat_listing(harbor, tmp_path / "chat", buyer=acme)
