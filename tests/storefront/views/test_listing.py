"""The page of a listing: who sees it, and what each tab says."""

import pytest
from django.test import Client

from catalog.models import Listing
from catalog.services.channels import point
from catalog.services.listings import publish_listing, quarantine_listing, record_facets
from catalog.services.versions import quarantine_version
from marketplace.storefront.presenters.listing import TABS
from marketplace.storefront.views.listing import CONTEXTS, TEMPLATES
from tests.factories.catalog import SIGNATURE, make_listing, make_version, published_listing

URL = "/models/harbor/otter/"


@pytest.fixture
def otter(harbor) -> Listing:
    return published_listing(
        organization=harbor,
        slug="otter",
        name="Otter",
        summary="Chats about rivers.",
        description="# Rivers\n\n**Bold** words <script>alert(1)</script>",
        limitations="Knows no seas.",
        tags=["chat"],
    )


def page(client: Client, address: str = URL) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_shows_facts_texts_and_the_id_to_copy(client, otter):
    record_facets(listing_id=otter.pk, latency_p50_ms=12.0, price_line="$0.10 / call")

    html = page(client)

    assert "<h1>Otter</h1>" in html
    assert "<code>harbor/otter</code>" in html
    assert "$0.10" in html
    assert "12 ms" in html
    assert "Apache License 2.0" in html
    assert "Knows no seas." in html


def test_the_authors_text_is_harmless(client, otter):
    html = page(client)

    assert "<h2>Rivers</h2>" in html
    assert "<strong>Bold</strong>" in html
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(
    "tab", ["", "try/", "api/", "pricing/", "evidence/", "versions/", "lineage/"]
)
def test_every_tab_has_an_address(client, otter, tab):
    html = page(client, URL + tab)

    assert f'class="tabs__tab" href="{URL}{tab}" aria-current="page"' in html
    assert html.count('aria-current="page"') >= 1


def test_every_tab_of_the_bar_can_be_shown():
    assert set(TABS) == set(CONTEXTS) == set(TEMPLATES)


def test_an_unknown_tab_is_not_found(client, otter):
    assert client.get(f"{URL}secrets/").status_code == 404


@pytest.mark.parametrize(
    "tab", ["", "try/", "api/", "pricing/", "versions/", "evidence/", "lineage/"]
)
def test_a_draft_is_its_authors_alone(client, charlie_browser, hana_browser, harbor, tab):
    make_version(make_listing(organization=harbor, slug="draft", name="Secret draft"))

    for stranger in (client, charlie_browser):
        response = stranger.get(f"/models/harbor/draft/{tab}")
        assert response.status_code == 404
        assert "Secret draft" not in response.content.decode()
    html = page(hana_browser, f"/models/harbor/draft/{tab}")
    assert "Only your organization sees this page" in html


def test_members_find_the_way_to_their_desk(client, hana_browser, otter):
    assert 'href="/desk/"' in page(hana_browser).partition('class="listing__actions"')[2][:900]
    assert "Author desk" not in page(client).partition("<main")[2].partition("</main>")[0]


def test_versions_and_channels_are_listed_with_digests(client, otter, as_hana):
    old, new = otter.versions.get(), make_version(otter, number="2.0.0", notes="Faster.")
    make_version(otter, number="3.0.0", is_published=False)
    point(by=as_hana, listing=otter, targets=[(old, 90), (new, 10)], reason="Canary")

    html = page(client, f"{URL}versions/")

    for text in ("harbor/otter@stable", "Canary", "stable 90 %", "stable 10 %", "Faster."):
        assert text in html
    assert f'title="{new.digest}"' in html
    assert "3.0.0" not in html


def test_another_version_can_be_looked_at(client, otter):
    new = make_version(otter, number="2.0.0", parameter_count=777)

    html = page(client, f"{URL}?version=2.0.0")

    assert "You are looking at version 2.0.0" in html
    assert "Calls of stable are answered by 1.0.0." in html
    assert new.short_digest in html
    assert f'href="{URL}lineage/?version=2.0.0"' in html
    assert client.get(f"{URL}?version=9").status_code == 404


def test_lineage_is_drawn_and_told(client, otter, elsewhere):
    derived = published_listing(organization=elsewhere, slug="mink")
    make_version(derived, number="2", base=otter.versions.get())

    html = page(client, "/models/elsewhere/mink/lineage/?version=2")

    assert "mink is made from otter (Adapter)" in html
    assert "Adapter of" in html
    assert 'href="/models/harbor/otter/"' in html


def test_a_model_without_relatives_says_so(client, otter):
    assert "Made from nothing else here" in page(client, f"{URL}lineage/")


def test_an_announced_model_is_arriving(client, harbor):
    listing = make_listing(organization=harbor, slug="seal")
    publish_listing(by=None, listing=listing, before_first_version=True)

    assert "Arriving" in page(client, "/models/harbor/seal/")
    assert "No version to show yet" in page(client, "/models/harbor/seal/lineage/")


def test_a_quarantine_is_explained(client, hana_browser, otter):
    quarantine_version(by=None, version=otter.versions.get(), reason="A blob was tampered with")
    assert "A blob was tampered with" in page(client, f"{URL}?version=1.0.0")

    quarantine_listing(by=None, listing=otter, reason="Stolen weights")
    assert "Stolen weights" in page(hana_browser)
    assert client.get(URL).status_code == 404


@pytest.mark.parametrize(("tab", "most"), [("", 5), ("versions/", 7), ("lineage/", 8)])
def test_queries_do_not_grow_with_versions(client, otter, django_assert_max_num_queries, tab, most):
    for _ in range(5):
        make_version(otter, base=otter.versions.earliest("created_at"))

    with django_assert_max_num_queries(most):
        page(client, URL + tab)


def test_a_model_of_pictures_is_tried_with_photographs_that_are_credited(client, harbor):
    schema = {"type": "object", "properties": {"image": {"type": "string"}}}
    published_listing(
        organization=harbor,
        slug="faces",
        task="object-detection",
        signature=SIGNATURE | {"input_schema": schema, "example": {"image": "data:,"}},
    )

    html = client.get("/models/harbor/faces/try/").content.decode()

    assert html.count('name="sample"') == 3
    assert "Eileen Collins, NASA, public domain; Cameraman, L. Van de Voorde, CC0-1.0;" in html
    assert 'name="image" accept="image/jpeg,image/png,image/webp" aria-describedby' in html
