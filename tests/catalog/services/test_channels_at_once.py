"""Calls while a channel moves: the old set or the new one, never a part."""

import threading

import pytest
from django.db import connection

from accounts.services.organizations import create_organization
from catalog.models import Listing
from catalog.selectors import resolve
from catalog.services.channels import point, roll_back
from tests.conftest import person
from tests.factories.catalog import author_of, make_version, published_listing

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listing() -> Listing:
    if connection.vendor == "sqlite":
        pytest.skip("one connection cannot race itself")
    hana = person("hana@harbor.example")
    return published_listing(organization=create_organization(name="Harbor", owner=hana))


def test_no_reader_sees_an_empty_channel(listing):
    by = author_of(listing.organization)
    old, new = listing.versions.get(), make_version(listing)
    seen, failures, stop = set(), [], threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                seen.add(resolve(listing.model_id, viewer=None).version.id)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(40):
        point(by=by, listing=listing, targets=[(new, 100)])
        roll_back(by=by, listing=listing)
    stop.set()
    for reader in readers:
        reader.join()

    assert failures == []
    assert seen == {str(old.pk), str(new.pk)}


def test_two_moves_at_once_leave_one_whole_set(listing):
    by = author_of(listing.organization)
    versions = [listing.versions.get(), make_version(listing), make_version(listing)]
    failures: list[Exception] = []

    def move(first: int, second: int) -> None:
        try:
            for _ in range(15):
                point(
                    by=by,
                    listing=listing,
                    channel="canary",
                    targets=[(versions[first], 60), (versions[second], 40)],
                )
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    movers = [threading.Thread(target=move, args=pair) for pair in ((0, 1), (1, 2), (2, 0))]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()

    weights = listing.channels.get(name="canary").targets.values_list("weight", flat=True)
    assert failures == []
    assert sorted(weights) == [40, 60]
