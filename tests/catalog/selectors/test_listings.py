"""Who sees which listing and which version."""

import pytest

from catalog import selectors
from catalog.errors import NoSuchModel, NoSuchVersion
from catalog.services.channels import point
from catalog.services.listings import quarantine_listing, retire_listing
from catalog.services.versions import quarantine_version, retire_version
from marketplace.core.errors import NotFound
from tests.conftest import caller_of
from tests.factories.catalog import make_listing, make_version, published_listing


@pytest.fixture
def viewers(as_hana, as_alice, as_charlie, alice, acme, bob):
    return {
        "owner": as_hana,
        "outsider": as_alice,
        "viewer of another": caller_of(bob, acme),
        "anonymous": None,
    }


def seen_by(viewers, listing) -> set[str]:
    names = set()
    for name, viewer in viewers.items():
        try:
            selectors.get_listing("harbor", listing.slug, viewer=viewer)
        except NoSuchModel:
            continue
        names.add(name)
    return names


def test_everybody_sees_a_published_listing(viewers, harbor):
    listing = published_listing(organization=harbor)

    assert seen_by(viewers, listing) == set(viewers)


@pytest.mark.parametrize("hide", ["draft", "retire", "quarantine"])
def test_only_the_author_sees_any_other_listing(viewers, harbor, hide):
    if hide == "draft":
        listing = make_listing(organization=harbor)
    else:
        listing = published_listing(organization=harbor)
        service = retire_listing if hide == "retire" else quarantine_listing
        service(by=None, listing=listing, reason="Because")

    assert seen_by(viewers, listing) == {"owner"}


def test_the_refusal_says_how_models_are_named(db):
    with pytest.raises(NoSuchModel, match="There is no model 'a/b' here"):
        selectors.get_listing("a", "b", viewer=None)


def test_outsiders_see_versions_that_were_once_published(harbor, as_hana, as_alice):
    listing = published_listing(organization=harbor)
    make_version(listing, is_published=False, number="ready")
    bad = make_version(listing, number="bad")
    quarantine_version(by=None, version=bad, reason="Tampered")
    retire_version(by=as_hana, version=make_version(listing, number="old"))

    def numbers(viewer):
        return [one.number for one in selectors.versions_of(listing, viewer=viewer)]

    assert numbers(as_hana) == ["old", "bad", "ready", "1.0.0"]
    assert numbers(as_alice) == numbers(None) == ["old", "bad", "1.0.0"]


def test_a_version_is_found_by_number_or_digest_where_it_may_be_seen(harbor, as_hana):
    listing = published_listing(organization=harbor)
    ready = make_version(listing, is_published=False, number="2")

    for name in ("2", ready.digest, ready.digest[:12]):
        assert selectors.version_by_number(listing, name, viewer=as_hana) == ready
        with pytest.raises(NoSuchVersion):
            selectors.version_by_number(listing, name, viewer=None)


def test_the_current_version_has_the_greatest_share(harbor, as_hana):
    listing = published_listing(organization=harbor)
    first, second = listing.versions.get(), make_version(listing)
    point(by=as_hana, listing=listing, targets=[(first, 30), (second, 70)])

    assert selectors.current_version(listing) == second
    assert selectors.current_versions([listing]) == {listing.pk: second}
    assert selectors.current_version(make_listing(organization=harbor)) is None


def test_tells_whether_there_is_something_to_call(harbor):
    listing = published_listing(organization=harbor)
    assert selectors.get_listing("harbor", listing.slug, viewer=None).is_callable

    quarantine_version(by=None, version=listing.versions.get(), reason="Tampered")

    assert not selectors.get_listing("harbor", listing.slug, viewer=None).is_callable


def test_channels_say_where_they_point_and_why(harbor, as_hana):
    listing = published_listing(organization=harbor)
    first, second = listing.versions.get(), make_version(listing)
    point(by=as_hana, listing=listing, targets=[(first, 90), (second, 10)], reason="Canary")

    (channel,) = selectors.channels_of(listing)

    assert (channel.name, channel.reason) == ("stable", "Canary")
    assert [(one.version.number, one.weight) for one in channel.targets] == [
        ("1.0.0", 90),
        ("1.1.0", 10),
    ]


def test_what_was_bought_is_found_in_any_state(harbor):
    listing = published_listing(organization=harbor)
    retire_listing(by=None, listing=listing)

    assert selectors.listings_by_ids([str(listing.pk)]) == {listing.pk: listing}


def test_models_are_found_by_name_in_the_order_given(harbor, elsewhere, as_hana):
    otter = published_listing(organization=harbor, slug="otter")
    mink = published_listing(organization=elsewhere, slug="mink")
    make_listing(organization=harbor, slug="draft")
    names = ["elsewhere/mink", "no/body", "harbor/draft", "harbor/otter", "elsewhere/mink", "x"]

    assert selectors.listings_by_model(names, viewer=None) == [mink, otter]
    assert len(selectors.listings_by_model(names, viewer=as_hana)) == 3


def test_an_author_sees_all_of_its_own(harbor, as_charlie):
    drafts = [make_listing(organization=harbor, name=name) for name in ("B", "A")]

    assert list(selectors.listings_of_author(harbor)) == drafts[::-1]
    assert list(selectors.listings_of_author(as_charlie.organization)) == []


def test_a_version_nobody_made_is_not_found(db):
    with pytest.raises(NotFound):
        selectors.get_version("01a20f01-c5e1-7df1-afb8-6c035c276383")
