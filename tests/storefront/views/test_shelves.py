"""Collections and authors."""

from catalog.services.collections import create_collection, set_items
from catalog.services.listings import record_facets
from tests.factories.catalog import make_listing, published_listing


def test_collections_show_what_is_on_them(client, harbor):
    shelf = create_collection(by=None, slug="small", name="Small", summary="Runs anywhere.")
    create_collection(by=None, slug="empty", name="Empty shelf")
    listing = published_listing(organization=harbor, name="Otter")
    set_items(by=None, collection=shelf, listings=[listing])

    every = client.get("/collections/").content.decode()
    one = client.get("/collections/small/").content.decode()

    assert "Otter" in every
    assert "Empty shelf" not in every
    assert "Runs anywhere." in one
    assert "Otter" in one


def test_no_collections_is_said(client, db):
    assert "No collections yet" in client.get("/collections/").content.decode()


def test_an_empty_shelf_still_has_a_page(client, db):
    create_collection(by=None, slug="empty", name="Empty shelf")

    assert "Nothing on this shelf" in client.get("/collections/empty/").content.decode()


def test_unknown_shelves_and_authors_are_not_found(client, acme, harbor):
    make_listing(organization=harbor)

    for address in ("/collections/none/", "/authors/none/", "/authors/acme/", "/authors/harbor/"):
        assert client.get(address).status_code == 404


def test_an_author_is_shown_with_public_models_alone(client, harbor):
    listing = published_listing(organization=harbor, name="Otter")
    record_facets(listing_id=listing.pk, prediction_count=1284)
    make_listing(organization=harbor, name="Secret draft")

    html = client.get("/authors/harbor/").content.decode()

    assert "<h1>Harbor</h1>" in html
    assert "1.28k" in html
    assert "Otter" in html
    assert "Secret draft" not in html
    assert "hana@harbor.example" not in html


def test_queries_do_not_grow_with_models(client, harbor, django_assert_num_queries):
    published_listing(organization=harbor)
    with django_assert_num_queries(5):
        client.get("/authors/harbor/")

    for _ in range(4):
        published_listing(organization=harbor, tags=["a"])

    with django_assert_num_queries(5):
        client.get("/authors/harbor/")
