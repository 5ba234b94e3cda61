"""Channels: moved at once, moved back."""

import pytest

from accounts.models import AuditEvent
from catalog.models import Channel, ChannelMove, Listing, Version
from catalog.services.channels import point, roll_back
from catalog.services.versions import quarantine_version
from marketplace.core.errors import Conflict, Forbidden, InvalidInput
from tests.factories.catalog import make_version, published_listing


@pytest.fixture
def listing(harbor) -> Listing:
    return published_listing(organization=harbor)


def targets(listing: Listing, channel: str = "stable") -> dict[str, int]:
    rows = Channel.objects.get(listing=listing, name=channel).targets.select_related("version")
    return {row.version.number: row.weight for row in rows}


def three(listing: Listing) -> list[Version]:
    return [listing.versions.get(), make_version(listing), make_version(listing)]


def test_splits_a_channel_between_versions(as_hana, listing):
    first, second = three(listing)[:2]

    point(by=as_hana, listing=listing, targets=[(first, 90), (second, 10)], reason="Canary")

    assert targets(listing) == {"1.0.0": 90, "1.1.0": 10}
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.data["model"], event.data["reason"]) == (
        "channel.point",
        listing.model_id,
        "Canary",
    )
    assert [one["weight"] for one in event.data["targets"]] == [90, 10]


def test_creates_a_channel_on_first_use(as_hana, listing):
    point(by=as_hana, listing=listing, channel="canary", targets=[(three(listing)[1], 100)])

    assert targets(listing, "canary") == {"1.1.0": 100}
    assert targets(listing) == {"1.0.0": 100}


@pytest.mark.parametrize("weights", [(), (50,), (60, 60), (0, 100), (100, 0), (150, -50)])
def test_refuses_weights_that_are_not_shares(as_hana, listing, weights):
    versions = three(listing)

    with pytest.raises(InvalidInput):
        point(by=as_hana, listing=listing, targets=list(zip(versions, weights, strict=False)))

    assert targets(listing) == {"1.0.0": 100}
    assert ChannelMove.objects.count() == 1


def test_refuses_a_version_named_twice(as_hana, listing):
    version = listing.versions.get()

    with pytest.raises(InvalidInput, match="Name each version once"):
        point(by=as_hana, listing=listing, targets=[(version, 50), (version, 50)])

    assert targets(listing) == {"1.0.0": 100}


def test_refuses_versions_of_other_listings_and_unpublished_ones(as_hana, harbor, listing):
    other = published_listing(organization=harbor).versions.get()
    ready = make_version(listing, is_published=False)

    for version in (other, ready):
        with pytest.raises(InvalidInput, match="is not a published version of"):
            point(by=as_hana, listing=listing, targets=[(version, 100)])

    assert targets(listing) == {"1.0.0": 100}


def test_refuses_a_channel_name_that_is_no_slug(as_hana, listing):
    with pytest.raises(InvalidInput):
        point(
            by=as_hana, listing=listing, channel="No Way", targets=[(listing.versions.get(), 100)]
        )

    assert Channel.objects.count() == 1


def test_an_outsider_moves_nothing(as_charlie, listing):
    with pytest.raises(Forbidden):
        roll_back(by=as_charlie, listing=listing)

    assert targets(listing) == {"1.0.0": 100}


def test_rolls_back_step_by_step(as_hana, listing):
    for version in three(listing)[1:]:
        point(by=as_hana, listing=listing, targets=[(version, 100)])
    assert targets(listing) == {"1.2.0": 100}

    roll_back(by=as_hana, listing=listing)
    assert targets(listing) == {"1.1.0": 100}

    roll_back(by=as_hana, listing=listing)
    assert targets(listing) == {"1.0.0": 100}

    with pytest.raises(Conflict, match="nothing to go back to"):
        roll_back(by=as_hana, listing=listing)
    assert targets(listing) == {"1.0.0": 100}


def test_moving_on_after_a_rollback_starts_from_there(as_hana, listing):
    first, second, third = three(listing)
    point(by=as_hana, listing=listing, targets=[(second, 100)])
    roll_back(by=as_hana, listing=listing)
    point(by=as_hana, listing=listing, targets=[(third, 100)])

    roll_back(by=as_hana, listing=listing)

    # What stood before 1.2.0 was 1.0.0, put back by the first rollback.
    assert targets(listing) == {first.number: 100}


def test_a_rollback_restores_the_whole_split(as_hana, listing):
    first, second, third = three(listing)
    point(by=as_hana, listing=listing, targets=[(first, 70), (second, 30)])
    point(by=as_hana, listing=listing, targets=[(third, 100)])

    roll_back(by=as_hana, listing=listing)

    assert targets(listing) == {"1.0.0": 70, "1.1.0": 30}
    assert ChannelMove.objects.first().restores.targets[0]["number"] == "1.0.0"


def test_a_rollback_passes_over_what_is_quarantined(as_hana, listing):
    _, second, third = three(listing)
    point(by=as_hana, listing=listing, targets=[(second, 100)])
    point(by=as_hana, listing=listing, targets=[(third, 100)])
    quarantine_version(by=None, version=second, reason="Tampered")

    roll_back(by=as_hana, listing=listing)

    assert targets(listing) == {"1.0.0": 100}


def test_a_rollback_is_audited_with_its_actor(as_hana, listing):
    point(by=as_hana, listing=listing, targets=[(three(listing)[1], 100)])

    roll_back(by=as_hana, listing=listing)

    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_label) == ("channel.roll_back", "hana@harbor.example")
    assert ChannelMove.objects.first().moved_by == as_hana.user


def test_an_unknown_channel_has_nothing_to_go_back_to(as_hana, listing):
    with pytest.raises(Conflict):
        roll_back(by=as_hana, listing=listing, channel="canary")

    assert not Channel.objects.filter(name="canary").exists()
