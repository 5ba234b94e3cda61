"""A listing by Harbor in the store, and what Acme's account says."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import Organization
from accounts.services.api_keys import create_key
from accounts.types import Caller
from billing.models import CreditAccount
from catalog.models import Listing
from tests.factories.catalog import published_listing

DOLLAR = 10**9
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    """The clock stands at noon until a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lantern(harbor: Organization) -> Listing:
    return published_listing(organization=harbor, name="Lantern", slug="lantern")


def key_of(by: Caller, **options) -> Caller:
    """Return a caller with a fresh key."""
    key, _ = create_key(by=by, name="key", **options)
    return Caller(by.organization, api_key=key, permissions=frozenset(key.scopes))


def account_of(organization: Organization, *, is_test: bool = False) -> tuple[int, int]:
    """Return what an account has and what of it is held."""
    found = CreditAccount.objects.get(organization=organization, is_test=is_test, currency="USD")
    return found.balance_nano, found.held_nano
