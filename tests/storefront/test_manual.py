import re

import pytest

from marketplace.core.errors import NotFound
from marketplace.storefront.manual import CHAPTERS, GUIDE, all_pages, guide_page, search_guide


def test_every_file_of_the_guide_stands_in_a_chapter():
    listed = {slug for chapter in CHAPTERS for slug in chapter.pages}

    assert listed == {path.stem for path in GUIDE.glob("*.md")}


def test_addresses_in_snippets_are_this_stores_own(settings):
    page = guide_page("quickstart")

    assert "site_url" not in page.html
    assert settings.SITE_URL in page.text or settings.SITE_URL in re.sub("<[^>]+>", "", page.html)


def test_a_search_finds_pages_that_hold_every_word_best_first():
    hits = search_guide("idempotency key")

    assert hits[0].page.slug == "calling-models"
    assert "idempoten" in hits[0].passage.lower()


@pytest.mark.parametrize("query", ["", "   ", "zzzznothing", "a" * 5000])
def test_a_search_without_hits_is_empty(query):
    assert search_guide(query) == []


def test_a_page_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        guide_page("../../README")


@pytest.mark.django_db
def test_links_between_pages_lead_somewhere(client):
    targets = {
        target for page in all_pages() for target in re.findall(r'href="(/docs/[^"#]*)', page.html)
    }

    assert targets
    assert {target: client.get(target).status_code for target in targets} == dict.fromkeys(
        targets, 200
    )


@pytest.mark.django_db
def test_pages_show_their_neighbors_and_contents(client):
    text = client.get("/docs/concepts/").content.decode()

    assert "On this page" in text
    assert "/docs/quickstart/" in text


def test_a_table_is_reached_by_keyboard_where_it_scrolls():
    html = guide_page("runtimes").html

    assert "<table>" not in html
    assert '<table tabindex="0">' in html
