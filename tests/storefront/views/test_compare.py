"""Models side by side."""

import pytest

from catalog.services.listings import record_facets
from marketplace.storefront.presenters.compare import compare_page
from tests.factories.catalog import make_listing, make_version, published_listing


@pytest.fixture
def pair(harbor, elsewhere):
    otter = published_listing(
        organization=harbor,
        slug="otter",
        name="Otter",
        languages=["en"],
        parameter_count=1000,
        restrictions="Not for rivers.",
    )
    mink = published_listing(
        organization=elsewhere, slug="mink", name="Mink", license_spdx="CC-BY-NC-4.0"
    )
    record_facets(
        listing_id=otter.pk,
        latency_p50_ms=182.0,
        price_line="$0.10 / call",
        has_free_plan=True,
        measured_count=1,
    )
    record_facets(listing_id=mink.pk, latency_p50_ms=12.0)
    return otter, mink


def rows(*models: str):
    page = compare_page(models, viewer=None)
    return {row.label: row for row in page.rows}


def test_answers_the_same_questions_for_each(pair):
    found = rows("harbor/otter", "elsewhere/mink")

    texts = {label: [cell.text for cell in row.cells] for label, row in found.items()}
    assert texts["Price"] == ["$0.10", ""]
    assert texts["Latency"] == ["182 ms", "12 ms"]
    assert texts["License"] == ["Apache-2.0", "CC-BY-NC-4.0"]
    assert texts["Languages"] == ["English", ""]
    assert texts["Restrictions"] == ["Not for rivers.", ""]
    assert texts["Evidence"] == ["1 signed result", ""]
    assert found["Price"].cells[0].note == "per call · Has a free plan"
    assert found["License"].cells[1].note == "No commercial use"


def test_marks_whose_word_it_is_and_the_fastest(pair):
    found = rows("harbor/otter", "elsewhere/mink")

    assert [cell.is_best for cell in found["Latency"].cells] == [False, True]
    assert found["Latency"].cells[0].mark == "measured"
    assert found["Languages"].cells[0].mark == "stated"
    assert (found["Task"].is_same, found["License"].is_same) == (True, False)


def test_an_adapter_says_that_it_needs_its_base(pair, elsewhere):
    listing = published_listing(organization=elsewhere, slug="lora")
    adapter = make_version(listing, base=pair[0].versions.get(), parameter_count=7)
    from catalog.services.channels import point

    point(by=None, listing=listing, targets=[(adapter, 100)])

    found = rows("elsewhere/lora")

    assert found["Parameters"].cells[0].note == "adapter, loaded on its base"
    assert found["Version"].cells[0].note == "2 versions in all"


def test_shows_models_in_the_order_asked(client, pair):
    html = client.get("/compare/?model=elsewhere/mink&model=harbor/otter").content.decode()

    assert html.index(">Mink<") < html.index(">Otter<")
    assert 'href="/compare/?model=harbor/otter"' in html
    assert 'href="/models/?compare=elsewhere/mink&amp;compare=harbor/otter"' in html


def test_offers_others_of_the_task_first(pair, harbor):
    published_listing(organization=harbor, name="Gull", task="forecasting")

    page = compare_page(["harbor/otter"], viewer=None)

    assert [one.label for one in page.suggestions] == ["Mink", "Gull"]
    assert page.suggestions[0].url == "/compare/?model=harbor/otter&model=elsewhere/mink"


def test_four_are_the_most(harbor):
    for number in range(5):
        published_listing(organization=harbor, slug=f"m{number}")

    page = compare_page([f"harbor/m{number}" for number in range(5)], viewer=None)

    assert (len(page.columns), page.is_full, page.suggestions) == (4, True, [])


def test_leaves_out_what_may_not_be_seen(client, pair, harbor):
    make_listing(organization=harbor, slug="draft", name="Secret draft")

    html = client.get("/compare/?model=harbor/draft&model=no/body&model=x").content.decode()

    assert "Secret draft" not in html
    assert "Nothing to compare yet" in html


def test_queries_do_not_grow_with_models(client, pair, django_assert_num_queries):
    published_listing(organization=pair[0].organization)
    counts = []
    for address in (
        "/compare/?model=harbor/otter",
        "/compare/?model=harbor/otter&model=elsewhere/mink",
    ):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]
