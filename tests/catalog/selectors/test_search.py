"""What is found, in which order, with which counts."""

import pytest

from catalog.models import Listing
from catalog.selectors import search
from catalog.services.listings import record_facets, retire_listing, update_listing
from catalog.types import SearchQuery
from tests.factories.catalog import make_listing, published_listing

HOSTILE = [
    '"',
    '""""',
    "'",
    "name:otter",
    "otter AND",
    "NOT otter",
    "NEAR(otter, 5)",
    "otter* OR (",
    "^otter",
    "-otter",
    "{name summary}: otter",
    "otter\x00chat",
    "\x00",
    "' OR 1=1 --",
    "'); DROP TABLE catalog_listing; --",
    "otter & | ! <-> :*",
    "a:b & 'c",
    "\\",
    "%_%",
    "🦦 ünïcode ①② ꟗ 𖹀 中文模型",
    "the of and",
    "x" * 10_240,
    "otter " * 2_000,
    "_ __ ___",
]


@pytest.fixture
def shop(harbor, elsewhere) -> dict[str, Listing]:
    """Six listings of two authors, with facets."""
    rows = {
        "otter": (harbor, "text-generation", "MIT", ["en"], "Chat with an otter"),
        "seal": (harbor, "text-generation", "Apache-2.0", ["en", "de"], "Chat with a seal"),
        "gull": (harbor, "forecasting", "Apache-2.0", [], "Sees the weather of tomorrow"),
        "mink": (elsewhere, "text-classification", "MIT", ["de"], "Sorts letters"),
        "hare": (elsewhere, "image-classification", "CC-BY-4.0", [], "Sees otters in pictures"),
        "wolf": (elsewhere, "text-classification", "MIT", ["fr"], "Sorts complaints"),
    }
    made = {}
    for slug, (author, task, license_spdx, languages, summary) in rows.items():
        made[slug] = published_listing(
            organization=author,
            slug=slug,
            name=slug.title(),
            task=task,
            license_spdx=license_spdx,
            languages=languages,
            summary=summary,
        )
    facts = {
        "otter": (["free", "payg"], True, 4.0, 50),
        "seal": (["payg"], False, 40.0, 40),
        "gull": (["subscription"], False, 400.0, 30),
        "mink": (["free"], True, 4000.0, 20),
        "hare": (["payg"], False, None, 10),
    }
    for slug, (kinds, is_free, latency, count) in facts.items():
        record_facets(
            listing_id=made[slug].pk,
            price_kinds=kinds,
            has_free_plan=is_free,
            latency_p50_ms=latency,
            prediction_count=count,
        )
    return made


def slugs(text: str = "", *, sort: str = "", **filters: tuple[str, ...]) -> list[str]:
    return [one.slug for one in search(SearchQuery(text, filters, sort)).items]


def counts(facet: str, text: str = "", **filters: tuple[str, ...]) -> dict[str, int]:
    found = search(SearchQuery(text, filters)).facets[facet]
    return {one.value: one.count for one in found}


def test_a_name_weighs_more_than_a_summary(shop):
    assert slugs("otter") == ["otter", "hare"]


def test_a_name_that_begins_with_the_text_comes_first(harbor):
    for name in ("Tuned Otter", "A little Otter", "Otter with a very long name of many words"):
        published_listing(organization=harbor, name=name, slug=name.lower().replace(" ", "-"))

    assert slugs("otter")[0] == "otter-with-a-very-long-name-of-many-words"


def test_the_order_of_weights_is_name_summary_tags_description(harbor):
    texts = {
        "description": {"description": "walrus"},
        "tags": {"tags": ["walrus"]},
        "summary": {"summary": "A walrus"},
        "name": {"name": "Walrus"},
    }
    for slug, fields in texts.items():
        published_listing(organization=harbor, slug=slug, **fields)

    assert slugs("walrus") == ["name", "summary", "tags", "description"]


@pytest.mark.parametrize("text", ["OTT", "otters", "chat otter", "otter, chat!", "Óttér"])
def test_finds_by_beginnings_stems_and_any_order(shop, text):
    assert "otter" in slugs(text)


def test_finds_by_author_task_and_slug(shop):
    assert set(slugs("elsewhere")) == {"mink", "hare", "wolf"}
    assert slugs("forecasting") == ["gull"]
    assert slugs("seal") == ["seal"]


def test_every_word_is_wanted_and_any_is_a_fallback(shop):
    strict = search(SearchQuery("chat seal"))
    loose = search(SearchQuery("seal submarine"))

    assert ([one.slug for one in strict.items], strict.is_loose) == (["seal"], False)
    assert ([one.slug for one in loose.items], loose.is_loose) == (["seal"], True)


def test_finding_nothing_is_not_loose(shop):
    found = search(SearchQuery("submarine periscope"))

    assert (found.items, found.total, found.is_loose) == ((), 0, False)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20].encode().hex())
def test_no_text_breaks_a_search(shop, text):
    search(SearchQuery(text))

    assert Listing.objects.count() == 6


def test_text_without_words_is_like_none(shop):
    assert len(slugs('"*" \x00')) == 6


def test_only_published_listings_are_found(shop, harbor):
    make_listing(organization=harbor, name="Otter draft")
    retire_listing(by=None, listing=shop["hare"])

    assert slugs("otter") == ["otter"]
    assert counts("task")["text-generation"] == 2


def test_a_change_is_found_at_once(shop):
    update_listing(by=None, listing=shop["wolf"], summary="Counts submarines", languages=["nb"])

    assert slugs("submarine") == ["wolf"]
    assert slugs("complaints") == []
    assert "fr" not in counts("language")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["otter", "seal", "gull", "mink", "hare", "wolf"]),
        ("popular", ["otter", "seal", "gull", "mink", "hare", "wolf"]),
        ("relevance", ["otter", "seal", "gull", "mink", "hare", "wolf"]),
        ("newest", ["wolf", "hare", "mink", "gull", "seal", "otter"]),
        ("fastest", ["otter", "seal", "gull", "mink", "hare", "wolf"]),
        ("name", ["gull", "hare", "mink", "otter", "seal", "wolf"]),
        ("bogus", ["otter", "seal", "gull", "mink", "hare", "wolf"]),
    ],
)
def test_sorts(shop, sort, expected):
    assert slugs(sort=sort) == expected


def test_filters_by_each_facet(shop):
    assert slugs(task=("text-generation",)) == ["otter", "seal"]
    assert slugs(license=("MIT",)) == ["otter", "mink", "wolf"]
    assert slugs(price=("payg",)) == ["otter", "seal", "hare"]
    assert slugs(free=("yes",)) == ["otter", "mink"]
    assert slugs(latency=("under-10ms", "under-100ms")) == ["otter", "seal"]
    assert slugs(language=("de",)) == ["seal", "mink"]
    assert slugs(author=("elsewhere",)) == ["mink", "hare", "wolf"]
    assert slugs(hardware=("h200",)) == []


def test_filters_of_different_facets_are_all_required(shop):
    assert slugs(author=("harbor",), language=("de",), price=("payg",)) == ["seal"]


def test_counts_are_exact(shop):
    assert counts("task") == {
        "text-classification": 2,
        "text-generation": 2,
        "forecasting": 1,
        "image-classification": 1,
    }
    assert counts("license") == {"MIT": 3, "Apache-2.0": 2, "CC-BY-4.0": 1}
    assert counts("price") == {"payg": 3, "free": 2, "subscription": 1}
    assert counts("latency") == {
        "under-10ms": 1,
        "under-100ms": 1,
        "under-1s": 1,
        "over-1s": 1,
    }
    assert counts("language") == {"de": 2, "en": 2, "fr": 1}
    assert counts("author") == {"elsewhere": 3, "harbor": 3}
    assert counts("hardware") == {"cpu": 6}
    assert counts("free") == {"yes": 2}


def test_each_facet_is_counted_under_the_other_filters(shop):
    chosen = {"author": ("harbor",), "task": ("text-generation",)}

    # Its own filter does not narrow a facet; the others' do.
    assert counts("task", **chosen) == {"text-generation": 2, "forecasting": 1}
    assert counts("author", **chosen) == {"harbor": 2}
    assert counts("language", **chosen) == {"en": 2, "de": 1}


def test_the_text_narrows_the_counts(shop):
    assert counts("task", "otter") == {"text-generation": 1, "image-classification": 1}


def test_a_chosen_value_without_listings_can_still_be_taken_off(shop):
    found = search(SearchQuery(filters={"hardware": ("h200",)})).facets["hardware"]

    assert [(one.value, one.label, one.count, one.is_selected) for one in found] == [
        ("cpu", "CPU", 6, False),
        ("h200", "NVIDIA H200", 0, True),
    ]


def test_facets_have_names_for_people(shop):
    facets = search(SearchQuery()).facets

    labels = {one.value: one.label for values in facets.values() for one in values}
    assert labels["text-generation"] == "Chat and text generation"
    assert labels["harbor"] == "Harbor"
    assert labels["de"] == "German"
    assert labels["payg"] == "Pay as you go"
    assert labels["under-1s"] == "100 ms to 1 s"


def test_bands_of_latency_stay_in_order(shop):
    found = search(SearchQuery()).facets["latency"]

    assert [one.value for one in found] == ["under-10ms", "under-100ms", "under-1s", "over-1s"]


@pytest.mark.parametrize("value", ["warp", "", "\x00", "x" * 999])
def test_an_unknown_value_finds_nothing(shop, value):
    assert slugs(latency=(value,)) == []


def test_an_unknown_facet_is_ignored(shop):
    assert len(slugs(color=("blue",))) == 6


def test_pages(shop):
    second = search(SearchQuery(sort="name", page=2, page_size=4))

    assert [one.slug for one in second.items] == ["seal", "wolf"]
    assert (second.total, second.page, second.page_count) == (6, 2, 2)
    assert search(SearchQuery(page=99, page_size=4)).page == 2


@pytest.mark.parametrize("filters", [{}, {"task": ("text-generation",), "license": ("MIT",)}])
def test_queries_do_not_grow_with_results(shop, harbor, django_assert_num_queries, filters):
    expected = 5 + len(filters)  # rows, tags, count, shared facets, authors' names
    with django_assert_num_queries(expected):
        search(SearchQuery(filters=filters))

    for _ in range(4):
        published_listing(organization=harbor, task="text-generation", license_spdx="MIT")

    with django_assert_num_queries(expected):
        search(SearchQuery(filters=filters))
