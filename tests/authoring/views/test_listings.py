"""The desk's overview and a listing's texts."""

import pytest
from django.test import Client

from catalog.models import Listing
from tests.factories.authoring import make_listing, uploaded
from tests.factories.billing import entitled, make_call, make_plan
from tests.factories.catalog import published_listing
from tests.inference.runtimes.tiny_others import tiny_tabular

SENT = {
    "name": "Scorer",
    "slug": "scorer",
    "task": "tabular-classification",
    "license": "Apache-2.0",
    "summary": "Scores rows.",
    "tags": "credit, fairness",
    "languages": "en",
    "is_exportable": "on",
}
PER_REQUEST = {
    "currency": "USD",
    "charges": [{"kind": "unit", "meter": "requests", "price": "0.10"}],
}


def test_a_new_author_is_told_where_to_begin(hana_browser) -> None:
    answer = hana_browser.get("/desk/")

    assert answer.status_code == 200
    assert b"No listing yet" in answer.content
    assert b'href="/desk/new/"' in answer.content


def test_shows_listings_with_what_buyers_used(hana_browser, as_hana, as_alice, harbor) -> None:
    lantern = published_listing(organization=harbor, name="Lantern", slug="lantern")
    make_plan(lantern, PER_REQUEST)
    entitled(as_alice.organization, lantern)
    make_call(as_alice, lantern, maximum={"requests": 1}, used={"requests": 1})

    page = hana_browser.get("/desk/").context["page"]

    (row,) = page.rows
    assert (row.listing, row.version, row.calls, str(row.sold)) == (lantern, "1.0.0", 1, "$0.10")
    assert (page.live, page.calls, str(page.sold)) == (1, 1, "$0.10")


def test_shows_uploads_in_progress(hana_browser, as_hana, tmp_path) -> None:
    submission = uploaded(as_hana, make_listing(as_hana), tiny_tabular(tmp_path / "one"))

    page = hana_browser.get("/desk/").context["page"]

    (row,) = page.uploads
    assert row.submission == submission
    assert row.words == "All 797 bytes are here; the checks can begin"


def test_a_desk_with_twenty_listings_takes_as_many_queries_as_one(
    hana_browser, as_hana, harbor, django_assert_max_num_queries
) -> None:
    for _ in range(20):
        published_listing(organization=harbor)

    with django_assert_max_num_queries(16):
        assert hana_browser.get("/desk/").status_code == 200


def test_creates_a_draft_and_goes_on_to_its_upload(hana_browser, as_hana) -> None:
    answer = hana_browser.post("/desk/new/", SENT)

    listing = Listing.objects.get()
    assert answer.url == "/desk/models/scorer/upload/"
    assert (listing.state, listing.license.spdx_id, listing.languages) == (
        "draft",
        "Apache-2.0",
        ["en"],
    )
    assert sorted(tag.slug for tag in listing.tags.all()) == ["credit", "fairness"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "Not A Slug"}, "slug"),
        ({"license": "Proprietary"}, "license"),
        ({"tags": "Not A Tag"}, "tags"),
        ({"languages": "klingon!"}, "languages"),
        ({"summary": ""}, "summary"),
    ],
)
def test_shows_what_is_wrong_beside_its_field(hana_browser, changes, field) -> None:
    answer = hana_browser.post("/desk/new/", {**SENT, **changes})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not Listing.objects.exists()


def test_a_short_name_is_taken_once(hana_browser, as_hana) -> None:
    make_listing(as_hana)

    answer = hana_browser.post("/desk/new/", SENT)

    assert answer.context["form"].errors["slug"] == ["harbor/scorer is taken."]


def test_changes_texts(hana_browser, as_hana) -> None:
    listing = make_listing(as_hana)
    sent = {**SENT, "summary": "Scores rows well.", "limitations": "Adults only."}

    answer = hana_browser.post("/desk/models/scorer/texts/", sent)

    listing.refresh_from_db()
    assert answer.url == "/desk/models/scorer/texts/"
    assert (listing.summary, listing.limitations) == ("Scores rows well.", "Adults only.")


def test_the_texts_are_shown_as_they_are(hana_browser, as_hana) -> None:
    make_listing(as_hana, tags=["credit"], languages=["en", "de"])

    form = hana_browser.get("/desk/models/scorer/texts/").context["form"]

    assert (form["tags"].value(), form["languages"].value()) == ("credit", "en, de")
    assert "slug" not in form.fields


DOORS = ["/desk/new/", "/desk/models/scorer/texts/"]


@pytest.mark.parametrize("door", DOORS)
def test_a_viewer_is_refused_and_nobody_signs_in_first(as_hana, viewer_browser, door) -> None:
    listing = make_listing(as_hana)

    assert viewer_browser.post(door, {**SENT, "name": "Mine"}).status_code == 403
    assert Client().get(door).url.startswith("/accounts/login/")
    listing.refresh_from_db()
    assert (listing.name, Listing.objects.count()) == ("Scorer", 1)


def test_an_outsider_finds_no_texts_to_change(as_hana, charlie_browser) -> None:
    published_listing(organization=as_hana.organization, slug="scorer")

    assert charlie_browser.get("/desk/models/scorer/texts/").status_code == 404
    assert charlie_browser.post("/desk/models/scorer/texts/", SENT).status_code == 404


def test_a_viewer_sees_the_desk_without_its_buttons(as_hana, viewer_browser) -> None:
    make_listing(as_hana)

    answer = viewer_browser.get("/desk/")

    assert answer.status_code == 200
    assert b"/desk/new/" not in answer.content
