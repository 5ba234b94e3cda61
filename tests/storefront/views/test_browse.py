"""The browse page, whole and in parts."""

import re

import pytest
from django.test import Client

from catalog.services.listings import record_facets
from tests.factories.catalog import make_listing, published_listing

HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop(harbor, elsewhere):
    otter = published_listing(
        organization=harbor, slug="otter", name="Otter", task="text-generation", languages=["en"]
    )
    mink = published_listing(organization=elsewhere, slug="mink", name="Mink")
    record_facets(listing_id=otter.pk, price_kinds=["payg"], latency_p50_ms=20.0)
    return otter, mink


def names(html: str) -> list[str]:
    return re.findall(r'class="card__target" href="[^"]*">([^<]+)<', html)


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_every_published_model_to_anybody(client, shop, harbor):
    make_listing(organization=harbor, name="Draft")

    html = page(client, "/models/")

    assert sorted(names(html)) == ["Mink", "Otter"]
    assert "2 models" in html


def test_searches_filters_and_offers_a_way_back(client, shop):
    html = page(client, "/models/?q=ott&task=text-generation&sort=name")

    assert names(html) == ["Otter"]
    assert 'href="/models/?q=ott&amp;sort=name"' in html
    assert '<option value="name" selected>Name</option>' in html
    assert 'value="text-generation" checked' in html


def test_htmx_gets_the_parts_and_the_canonical_address(client, shop):
    response = client.get("/models/?q=&task=text-generation&sort=", headers=HTMX)

    html = response.content.decode()
    assert html.lstrip().startswith('<div class="browse__results')
    assert '<div id="facets" hx-swap-oob="true">' in html
    assert "<html" not in html
    assert response["HX-Push-Url"] == "/models/?task=text-generation"


def test_going_back_in_history_gets_the_whole_page(client, shop):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}

    assert "<html" in client.get("/models/?q=otter", headers=headers).content.decode()


def test_says_what_to_do_when_nothing_matches(client, shop):
    html = page(client, "/models/?q=submarine&task=text-generation")

    assert "No model matches" in html
    assert 'href="/models/?q=submarine"' in html
    assert 'href="/models/?task=text-generation"' in html


def test_an_empty_store_says_how_to_begin(client, db):
    assert "List a model" in page(client, "/models/")


def test_tells_when_only_some_words_were_found(client, shop):
    assert "these have some of them" in page(client, "/models/?q=otter+submarine")


@pytest.mark.parametrize(
    "query",
    [
        "q=%22%27%3Cscript%3E",
        "page=abc",
        "page=-1",
        "page=99999999999",
        "sort=best",
        "task=",
        "task=none",
        "compare=x",
        "compare=a/b",
        "q=" + "x" * 3000,
    ],
)
def test_no_address_breaks_the_page(client, shop, query):
    html = page(client, f"/models/?{query}")

    assert "<script>" not in html.partition("<main")[2].partition("</main>")[0]


def test_pages_of_results_are_linked(client, harbor):
    for _ in range(25):
        published_listing(organization=harbor)

    first, second = page(client, "/models/"), page(client, "/models/?page=2")

    assert 'href="/models/?page=2"' in first
    assert (len(names(first)), len(names(second))) == (24, 1)
    assert 'href="/models/?page=1"' in second


def test_models_are_taken_to_the_comparison_and_back(client, shop):
    html = page(client, "/models/?q=otter")
    assert 'href="/models/?q=otter&amp;compare=harbor/otter"' in html

    html = page(client, "/models/?compare=harbor/otter&compare=elsewhere/mink")
    assert 'href="/compare/?model=harbor/otter&amp;model=elsewhere/mink"' in html
    assert 'href="/models/?compare=elsewhere/mink"' in html
    assert '<input type="hidden" name="compare" value="harbor/otter">' in html


def test_a_fifth_model_cannot_be_compared(client, harbor):
    for number in range(5):
        published_listing(organization=harbor, slug=f"m{number}", name=f"M{number}")

    html = page(client, "/models/?" + "&".join(f"compare=harbor/m{n}" for n in range(4)))

    assert "Compare M4" not in html
    assert html.count("out of the comparison") == 8


def test_queries_do_not_grow_with_results(client, shop, harbor, django_assert_num_queries):
    with django_assert_num_queries(6):
        page(client, "/models/")

    for _ in range(5):
        published_listing(organization=harbor, tags=["a"])

    with django_assert_num_queries(6):
        page(client, "/models/")


def test_another_method_is_refused(client, db):
    assert client.post("/models/").status_code == 405


def test_every_filter_is_offered_authors_by_name_and_open(client, shop, harbor):
    html = page(client, "/models/")

    titles = re.findall(r'<summary class="facet__title">([^<]+)<', html)
    assert titles[:3] == ["Task", "Author", "Price"]
    assert titles[3:] == ["License", "Median latency", "Hardware", "Language"]
    before, _, _ = html.partition('<summary class="facet__title">Author')
    assert " open>" in before.rpartition("<details")[2]
    assert f'value="{harbor.slug}"><span class="facet__label">{harbor.name}<' in html


def test_narrows_to_an_author_and_names_what_can_be_taken_off(client, shop, harbor):
    html = page(client, f"/models/?author={harbor.slug}")

    assert names(html) == ["Otter"]
    assert f'value="{harbor.slug}" checked' in html
    assert f'<a class="chip" href="/models/">{harbor.name}<' in html


def test_an_author_who_sells_nothing_keeps_the_name(client, shop, acme):
    html = page(client, f"/models/?author={acme.slug}")

    assert names(html) == []
    assert f'value="{acme.slug}" checked><span class="facet__label">{acme.name}<' in html
