"""The index follows the listing."""

import pytest

from catalog.models import Listing, ListingFacet
from catalog.search.index import facets_of, latency_class, rebuild
from catalog.selectors import search
from catalog.types import SearchQuery
from tests.factories.catalog import make_listing, published_listing


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, "under-10ms"),
        (9.99, "under-10ms"),
        (10, "under-100ms"),
        (999.9, "under-1s"),
        (1000, "over-1s"),
        (1e9, "over-1s"),
    ],
)
def test_bands_of_latency_begin_where_the_last_ends(milliseconds, expected):
    assert latency_class(milliseconds) == expected


def test_unknown_facts_are_no_facets(harbor):
    listing = make_listing(organization=harbor, languages=["en"])

    assert dict(facets_of(listing)) == {
        "task": "text-classification",
        "license": "Apache-2.0",
        "hardware": "cpu",
        "author": "harbor",
        "language": "en",
    }


def test_rebuilds_what_was_changed_behind_its_back(harbor):
    listing = published_listing(organization=harbor)
    Listing.objects.update(name="Narwhal", hardware="h200")
    ListingFacet.objects.all().delete()

    assert rebuild() == 1

    found = search(SearchQuery("narwhal", {"hardware": ("h200",)}))
    assert found.items == (listing,)
