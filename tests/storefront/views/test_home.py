"""The front of the store."""

import json
import re
import shlex

from catalog.services.collections import create_collection, set_items
from catalog.services.listings import feature_listing, record_facets
from marketplace.storefront.presenters.home import home_page
from tests.factories.catalog import make_listing, published_listing


def test_counts_what_is_here_and_leaves_out_zeros(harbor):
    listing = published_listing(organization=harbor)
    record_facets(listing_id=listing.pk, prediction_count=1284)

    totals = {total.label: total.value for total in home_page().totals}

    assert totals == {
        "models": "1",
        "authors": "1",
        "signed versions": "1",
        "calls answered": "1.28k",
    }


def test_an_empty_store_says_how_to_fill_it(client, db):
    html = client.get("/").content.decode()

    assert "No models yet" in html
    assert "manage.py seed_demo" in html


def test_no_task_fills_the_page(harbor):
    for number in range(4):
        published_listing(organization=harbor, name=f"Chat {number}", task="text-generation")
    published_listing(organization=harbor, name="Gull", task="forecasting")

    page = home_page()

    assert [card.task for card in page.cards].count("text-generation") == 2
    assert [(tile.id, tile.count) for tile in page.tasks] == [
        ("text-generation", 4),
        ("forecasting", 1),
    ]


def test_the_featured_come_first(harbor):
    busy = published_listing(organization=harbor, name="Busy")
    record_facets(listing_id=busy.pk, prediction_count=99)
    chosen = published_listing(organization=harbor, name="Chosen")
    feature_listing(by=None, listing=chosen, is_featured=True)

    assert [card.name for card in home_page().cards] == ["Chosen", "Busy"]


def test_the_quickstart_is_a_call_that_the_shell_understands(harbor):
    example = {"text": 'It\'s "quoted" & $HOME'}
    published_listing(organization=harbor, slug="otter", signature={"example": example})

    curl = home_page().quickstart[0]

    words = shlex.split(curl.code.replace("\\\n", " "))
    assert words[:2] == ["curl", "http://127.0.0.1:8000/api/v1/predictions"]
    assert json.loads(words[-1]) == {"model": "harbor/otter", "input": example}


def test_an_example_too_long_to_read_is_passed_over(harbor):
    published_listing(organization=harbor, signature={"example": {"image": "x" * 999}})

    assert home_page().quickstart == ()


def test_shows_shelves_and_hides_drafts(client, harbor):
    make_listing(organization=harbor, name="Secret draft")
    shelf = create_collection(by=None, slug="small", name="Small and fast")
    set_items(by=None, collection=shelf, listings=[published_listing(organization=harbor)])

    html = client.get("/").content.decode()

    assert "Small and fast" in html
    assert "Secret draft" not in html


def test_one_heading_names_the_page(client, db):
    assert len(re.findall(r"<h1", client.get("/").content.decode())) == 1


def test_queries_do_not_grow_with_models(client, harbor, django_assert_num_queries):
    published_listing(organization=harbor)
    with django_assert_num_queries(7):
        client.get("/")

    for _ in range(4):
        published_listing(organization=harbor, task="forecasting", tags=["a"])

    with django_assert_num_queries(7):
        client.get("/")
