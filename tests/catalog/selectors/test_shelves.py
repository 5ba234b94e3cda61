"""Collections, authors, totals."""

import pytest

from catalog import selectors
from catalog.services.collections import create_collection, set_items
from catalog.services.listings import feature_listing, record_facets, retire_listing
from marketplace.core.errors import NotFound
from tests.factories.catalog import make_listing, make_version, published_listing


def test_a_shelf_shows_what_is_published_in_order(harbor):
    one, two, gone = (published_listing(organization=harbor) for _ in range(3))
    shelf = create_collection(by=None, slug="small", name="Small", summary="Run anywhere")
    set_items(by=None, collection=shelf, listings=[two, gone, one])
    retire_listing(by=None, listing=gone)

    found = selectors.collection("small")

    assert found.listings == (two, one)
    assert (found.name, found.url) == ("Small", "/collections/small/")


def test_empty_shelves_are_not_listed(harbor):
    create_collection(by=None, slug="empty", name="Empty")
    full = create_collection(by=None, slug="full", name="Full", position=2)
    set_items(by=None, collection=full, listings=[published_listing(organization=harbor)])

    assert [shelf.slug for shelf in selectors.collections()] == ["full"]


@pytest.mark.django_db
def test_an_unknown_shelf_is_not_found():
    with pytest.raises(NotFound):
        selectors.collection("nowhere")


def test_shelves_take_four_queries(harbor, django_assert_num_queries):
    for place in range(3):
        shelf = create_collection(by=None, slug=f"s{place}", name="S")
        listings = [published_listing(organization=harbor, tags=["a"]) for _ in range(2)]
        set_items(by=None, collection=shelf, listings=listings)

    with django_assert_num_queries(4):
        assert len(selectors.collections()) == 3


def test_an_authors_page_counts_what_is_public(harbor):
    listing = published_listing(organization=harbor)
    make_version(listing)
    make_version(listing, is_published=False)
    make_listing(organization=harbor)
    record_facets(listing_id=listing.pk, prediction_count=7)

    page = selectors.author_page("harbor")

    assert [one.pk for one in page.listings] == [listing.pk]
    assert (page.version_count, page.prediction_count) == (2, 7)
    assert page.since == listing.published_at


@pytest.mark.parametrize("slug", ["harbor", "acme", "nobody"])
def test_who_sells_nothing_has_no_page(harbor, acme, slug):
    make_listing(organization=harbor)

    with pytest.raises(NotFound):
        selectors.author_page(slug)


def test_the_featured_come_first(harbor):
    plain, chosen = (published_listing(organization=harbor) for _ in range(2))
    record_facets(listing_id=plain.pk, prediction_count=100)
    feature_listing(by=None, listing=chosen, is_featured=True)

    assert selectors.featured() == [chosen, plain]


def test_totals_count_what_the_store_shows(harbor, elsewhere):
    make_listing(organization=elsewhere)
    for count in (3, 4):
        listing = published_listing(organization=harbor)
        record_facets(listing_id=listing.pk, prediction_count=count, measured_count=2)

    assert selectors.totals() == {
        "models": 2,
        "authors": 1,
        "versions": 2,
        "predictions": 7,
        "measurements": 4,
    }
    assert selectors.task_counts() == {"text-classification": 2}


@pytest.mark.django_db
def test_totals_of_an_empty_store_are_zero():
    assert set(selectors.totals().values()) == {0}
