"""Listings: who may write them, what is refused, what is recorded."""

import pytest

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent
from accounts.selectors import acting_for
from accounts.services.api_keys import create_key
from accounts.types import Caller
from catalog.errors import IllegalTransition
from catalog.models import Listing, ListingFacet
from catalog.services import listings as services
from marketplace.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.conftest import caller_of, person
from tests.factories.catalog import make_listing, published_listing

GOOD = {
    "name": "Otter",
    "slug": "otter",
    "task": "text-generation",
    "license_spdx": "MIT",
    "summary": "Chats about rivers.",
}


def wrong_fields(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [problem.field for problem in error.value.problems]


def last_event() -> AuditEvent:
    return AuditEvent.objects.latest("id")


def test_creates_a_draft_with_its_tags(as_hana):
    listing = services.create_listing(
        by=as_hana, **GOOD, tags=["chat", "rivers"], languages=["en"], description="# Otter"
    )

    assert listing.model_id == "harbor/otter"
    assert listing.state == "draft"
    assert listing.license.spdx_id == "MIT"
    assert sorted(tag.slug for tag in listing.tags.all()) == ["chat", "rivers"]


def test_records_who_created_a_listing(as_hana, harbor):
    services.create_listing(by=as_hana, **GOOD)

    event = last_event()
    assert (event.action, event.organization, event.actor_label) == (
        "listing.create",
        harbor,
        "hana@harbor.example",
    )
    assert event.data == {"slug": "otter", "task": "text-generation"}


def test_names_every_wrong_field_at_once(as_hana):
    wrong = {
        "name": " ",
        "slug": "Not A Slug",
        "task": "telepathy",
        "summary": "x" * 241,
        "tags": ["ok", "not ok"],
        "languages": ["english"],
    }

    with pytest.raises(InvalidInput) as error:
        services.create_listing(by=as_hana, **{**GOOD, **wrong})

    assert wrong_fields(error) == ["slug", "name", "summary", "task", "tags", "languages"]
    assert not Listing.objects.exists()


def test_refuses_a_slug_that_the_author_has_already(as_hana):
    services.create_listing(by=as_hana, **GOOD)

    with pytest.raises(InvalidInput, match="harbor/otter is taken") as error:
        services.create_listing(by=as_hana, **GOOD)

    assert wrong_fields(error) == ["slug"]
    assert Listing.objects.count() == 1


def test_two_authors_may_use_one_slug(as_hana, as_charlie):
    services.create_listing(by=as_hana, **GOOD)

    other = services.create_listing(by=as_charlie, **GOOD)

    assert other.model_id == "elsewhere/otter"


def test_refuses_an_unknown_license(as_hana):
    with pytest.raises(InvalidInput) as error:
        services.create_listing(by=as_hana, **{**GOOD, "license_spdx": "WTF-9"})

    assert wrong_fields(error) == ["license_spdx"]
    assert not Listing.objects.exists()


@pytest.mark.parametrize("bad", ["\x00", "a\x00b"])
def test_refuses_null_characters(as_hana, bad):
    with pytest.raises(InvalidInput) as error:
        services.create_listing(by=as_hana, **GOOD, description=bad)

    assert wrong_fields(error) == ["description"]


def test_a_viewer_may_not_create(alice, acme, bob):
    with pytest.raises(PermissionMissing):
        services.create_listing(by=caller_of(bob, acme), **GOOD)

    assert not Listing.objects.exists()


def test_the_platform_creates_for_an_organization(harbor):
    listing = services.create_listing(by=None, organization=harbor, **GOOD)

    assert listing.organization == harbor
    assert last_event().actor_kind == "platform"


def test_an_update_records_only_what_changed(as_hana, harbor):
    listing = make_listing(organization=harbor, summary="Before")

    services.update_listing(
        by=as_hana, listing=listing, summary="After", task=listing.task, tags=["new"]
    )

    assert Listing.objects.get().summary == "After"
    assert last_event().data == {"changed": ["summary", "tags"]}


def test_an_update_without_change_records_nothing(as_hana, harbor):
    listing = make_listing(organization=harbor, summary="Same")
    before = AuditEvent.objects.count()

    services.update_listing(by=as_hana, listing=listing, summary="Same")

    assert AuditEvent.objects.count() == before


def test_an_update_refuses_fields_that_are_not_the_authors(as_hana, harbor):
    listing = make_listing(organization=harbor)

    with pytest.raises(InvalidInput) as error:
        services.update_listing(by=as_hana, listing=listing, state="published", is_featured=True)

    assert wrong_fields(error) == ["is_featured", "state"]
    assert Listing.objects.get().state == "draft"


def test_an_outsider_learns_nothing_of_a_listing(as_charlie, harbor):
    listing = make_listing(organization=harbor, summary="Before")

    with pytest.raises(NotFound):
        services.update_listing(by=as_charlie, listing=listing, summary="After")

    assert Listing.objects.get().summary == "Before"


def test_an_outsider_may_not_change_a_public_listing(as_charlie, harbor):
    listing = published_listing(organization=harbor, summary="Before")

    with pytest.raises(Forbidden, match="Only Harbor may change"):
        services.update_listing(by=as_charlie, listing=listing, summary="After")

    assert Listing.objects.get().summary == "Before"


def test_publishing_needs_something_to_call(as_hana, harbor):
    listing = make_listing(organization=harbor)

    with pytest.raises(Conflict, match="Publish a version"):
        services.publish_listing(by=as_hana, listing=listing)

    assert Listing.objects.get().state == "draft"


def test_a_listing_can_be_announced_before_its_first_version(as_hana, harbor):
    listing = make_listing(organization=harbor)

    services.publish_listing(by=as_hana, listing=listing, before_first_version=True)

    assert Listing.objects.get().is_live


def test_publishing_twice_is_refused(as_hana, harbor):
    listing = published_listing(organization=harbor)
    published_at = listing.published_at

    with pytest.raises(IllegalTransition, match="is published; it cannot become published"):
        services.publish_listing(by=as_hana, listing=listing)

    assert Listing.objects.get().published_at == published_at


def test_a_retired_listing_may_come_back(as_hana, harbor):
    listing = published_listing(organization=harbor)
    first = listing.published_at
    services.retire_listing(by=as_hana, listing=listing, reason="Superseded")
    assert Listing.objects.get().state == "retired"

    services.publish_listing(by=as_hana, listing=listing)

    assert (listing.state, listing.published_at) == ("published", first)


def test_an_author_may_not_quarantine(as_hana, harbor):
    listing = published_listing(organization=harbor)

    with pytest.raises(Forbidden):
        services.quarantine_listing(by=as_hana, listing=listing, reason="Competitor")

    assert Listing.objects.get().state == "published"


def test_the_operator_quarantines_with_a_reason_and_restores(harbor, acme, alice):
    alice.is_staff = True
    operator = caller_of(alice, acme)
    operator.user.is_staff = True
    listing = published_listing(organization=harbor)

    services.quarantine_listing(by=operator, listing=listing, reason="Tampered")
    event = last_event()
    assert (event.organization, event.actor_label) == (harbor, "alice@acme.example")
    assert event.data == {"old": "published", "new": "quarantined", "reason": "Tampered"}

    services.restore_listing(by=operator, listing=listing)
    assert (listing.state, listing.state_reason) == ("published", "")


def test_the_platform_acting_for_an_author_is_the_operator(harbor):
    listing = published_listing(organization=harbor)

    services.quarantine_listing(by=acting_for(harbor), listing=listing, reason="Tampered")

    assert (listing.state, last_event().actor_kind) == ("quarantined", "platform")


def test_a_key_of_staff_is_not_the_operator(as_hana, harbor):
    key, _ = create_key(by=as_hana, name="k")
    listing = published_listing(organization=harbor)

    with pytest.raises(Forbidden):
        services.quarantine_listing(
            by=Caller(harbor, api_key=key), listing=listing, reason="Tampered"
        )

    assert Listing.objects.get().state == "published"


def test_a_quarantine_without_reason_is_refused(harbor):
    listing = published_listing(organization=harbor)

    with pytest.raises(InvalidInput):
        services.quarantine_listing(by=None, listing=listing, reason=" ")

    assert Listing.objects.get().state == "published"


def test_a_quarantined_draft_returns_to_draft(harbor):
    listing = make_listing(organization=harbor)
    services.quarantine_listing(by=None, listing=listing, reason="Look")

    services.restore_listing(by=None, listing=listing)

    assert listing.state == "draft"


def test_facets_are_recorded_and_can_be_searched(harbor):
    listing = make_listing(organization=harbor)
    before = AuditEvent.objects.count()

    services.record_facets(
        listing_id=listing.pk,
        price_kinds=["free", "payg"],
        price_line="$0.20 per million tokens",
        has_free_plan=True,
        latency_p50_ms=9.5,
    )

    rows = ListingFacet.objects.filter(listing=listing, facet__in=["price", "free", "latency"])
    assert sorted(map(str, rows)) == ["free=yes", "latency=under-10ms", "price=free", "price=payg"]
    assert AuditEvent.objects.count() == before


def test_an_unknown_facet_is_a_defect(harbor):
    listing = make_listing(organization=harbor)

    with pytest.raises(TypeError, match="not facets of a listing: summary"):
        services.record_facets(listing_id=listing.pk, summary="No")


def test_staff_is_the_operator_and_a_key_never_is(harbor, acme, alice):
    boss = person("boss@stoa.example", is_staff=True)
    listing = published_listing(organization=harbor)
    caller = caller_of(alice, acme)

    with pytest.raises(Forbidden):
        services.feature_listing(by=caller, listing=listing, is_featured=True)
    services.feature_listing(by=type(caller)(acme, user=boss), listing=listing, is_featured=True)

    assert Listing.objects.get().is_featured
