"""Shelves are the operator's."""

import pytest

from accounts.models import AuditEvent
from catalog.models import Collection
from catalog.services.collections import create_collection, set_items
from marketplace.core.errors import Forbidden, InvalidInput
from tests.factories.catalog import published_listing


def test_arranges_listings_in_order(harbor):
    shelf = create_collection(by=None, slug="small", name="Small and fast")
    one, two = (published_listing(organization=harbor) for _ in range(2))

    set_items(by=None, collection=shelf, listings=[two, one, two])

    assert [item.listing for item in shelf.items.all()] == [two, one]
    assert AuditEvent.objects.latest("id").action == "collection.arrange"


def test_an_author_may_not_arrange(as_hana, harbor):
    shelf = create_collection(by=None, slug="small", name="Small and fast")

    with pytest.raises(Forbidden):
        set_items(by=as_hana, collection=shelf, listings=[published_listing(organization=harbor)])

    assert not shelf.items.exists()


@pytest.mark.django_db
def test_names_each_wrong_field():
    create_collection(by=None, slug="small", name="Small and fast")

    with pytest.raises(InvalidInput) as error:
        create_collection(by=None, slug="small", name=" ", summary="x" * 241)

    assert [one.field for one in error.value.problems] == ["slug", "name", "summary"]
    assert Collection.objects.count() == 1
