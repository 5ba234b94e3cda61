"""The operator's levers, and the trail that each leaves."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditEvent, User
from catalog.models import Collection, License, Listing, Tag, Version
from tests.conftest import browser_of, person
from tests.factories.catalog import make_listing, make_version, published_listing


@pytest.fixture
def operator(db) -> User:
    return person("op@stoa.example", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(operator) -> Client:
    return browser_of(operator)


def act(desk: Client, kind: str, row, action: str, **sent: str):
    body = {"action": action, "_selected_action": str(row.pk), **sent}
    return desk.post(f"/admin/catalog/{kind}/", body, follow=True)


def test_quarantines_and_restores_a_listing(desk, harbor):
    listing = published_listing(organization=harbor)

    act(desk, "listing", listing, "quarantine", reason="Stolen weights")
    listing.refresh_from_db()
    event = AuditEvent.objects.latest("id")

    assert (listing.state, listing.state_reason) == ("quarantined", "Stolen weights")
    assert (event.action, event.actor_label, event.organization) == (
        "listing.quarantine",
        "op@stoa.example",
        harbor,
    )
    act(desk, "listing", listing, "restore")
    assert Listing.objects.get().state == "published"


def test_a_quarantine_without_reason_is_refused_and_said(desk, harbor):
    listing = published_listing(organization=harbor)

    html = act(desk, "listing", listing, "quarantine").content.decode()

    assert "Say why, for the author to read." in html
    assert Listing.objects.get().state == "published"


def test_features_and_unfeatures(desk, harbor):
    listing = published_listing(organization=harbor)

    act(desk, "listing", listing, "feature")
    assert Listing.objects.get().is_featured

    act(desk, "listing", listing, "unfeature")
    assert not Listing.objects.get().is_featured
    assert AuditEvent.objects.latest("id").action == "listing.unfeature"


def test_quarantines_and_restores_a_version(desk, harbor):
    version = published_listing(organization=harbor).versions.get()

    act(desk, "version", version, "quarantine", reason="Tampered")
    assert Version.objects.get().state == "quarantined"

    act(desk, "version", version, "restore")
    assert Version.objects.get().state == "published"


def test_the_content_of_a_version_can_only_be_read(desk, harbor):
    version = make_version(make_listing(organization=harbor))

    html = desk.get(f"/admin/catalog/version/{version.pk}/change/").content.decode()
    refused = desk.post(f"/admin/catalog/version/{version.pk}/change/", {"number": "9"})

    assert version.digest in html
    assert "config.json" in html
    assert 'name="number"' not in html
    assert refused.status_code == 403
    assert Version.objects.get().number == version.number


def test_staff_without_the_permission_may_look_but_not_act(db, harbor):
    reader = person("reader@stoa.example", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_listing"))
    listing = published_listing(organization=harbor)

    browser = browser_of(reader)
    html = browser.get("/admin/catalog/listing/").content.decode()
    act(browser, "listing", listing, "quarantine", reason="Because")

    assert listing.name in html
    assert "Quarantine: hide" not in html
    assert Listing.objects.get().state == "published"


def test_others_have_no_admin(charlie_browser, harbor):
    published_listing(organization=harbor)

    assert charlie_browser.get("/admin/catalog/listing/").status_code == 302


def test_a_license_is_edited_with_a_trail(desk):
    row = License.objects.get(spdx_id="MIT")
    body = {"spdx_id": "MIT", "name": "The MIT License", "url": "", "is_open_source": "on"}

    desk.post(f"/admin/catalog/license/{row.pk}/change/", body)

    row.refresh_from_db()
    event = AuditEvent.objects.latest("id")
    assert (row.name, row.allows_derivatives) == ("The MIT License", False)
    assert (event.action, event.actor_kind) == ("license.update", "operator")
    assert event.data["changed"] == ["allows_commercial_use", "allows_derivatives", "name", "url"]


def test_a_collection_is_arranged_with_its_items(desk, harbor):
    listing = published_listing(organization=harbor, slug="otter")
    body = {
        "slug": "small",
        "name": "Small",
        "summary": "",
        "position": "0",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "0",
        "items-0-position": "0",
        "items-0-listing": str(listing.pk),
    }

    desk.post("/admin/catalog/collection/add/", body)

    assert [item.listing for item in Collection.objects.get().items.all()] == [listing]
    actions = AuditEvent.objects.order_by("-id").values_list("action", "data")[:2]
    assert list(actions) == [
        ("collection.arrange", {"models": ["harbor/otter"]}),
        ("collection.create", {"changed": ["name", "slug"]}),
    ]


def test_deleting_a_tag_leaves_a_trail(desk, harbor):
    make_listing(organization=harbor, tags=["spam"])
    tag = Tag.objects.get()

    desk.post(f"/admin/catalog/tag/{tag.pk}/delete/", {"post": "yes"})

    assert not Tag.objects.exists()
    assert AuditEvent.objects.latest("id").target_label == "spam"


@pytest.mark.parametrize(
    "kind", ["listing", "version", "lineageedge", "license", "collection", "tag"]
)
def test_every_list_opens_and_can_be_searched(desk, harbor, kind):
    listing = published_listing(organization=harbor, tags=["a"])
    make_version(listing, base=listing.versions.get())

    assert desk.get(f"/admin/catalog/{kind}/?q=a").status_code == 200
