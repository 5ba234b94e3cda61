"""Versions, channels and their history in the browser."""

import pytest
from django.test import Client

from catalog.models import Listing, Version
from catalog.selectors import channels_of
from catalog.services.channels import point
from tests.factories.billing import make_plan
from tests.factories.catalog import make_version, published_listing

PAGE = "/desk/models/scorer/"
STABLE = f"{PAGE}channels/stable/"


@pytest.fixture
def listing(as_hana) -> Listing:
    """Stable points at 1.0.0; 2.0.0 is published too."""
    listing = published_listing(organization=as_hana.organization, slug="scorer")
    make_version(listing, number="2.0.0")
    return listing


def shares(listing: Listing, channel: str = "stable") -> dict[str, int]:
    views = {view.name: view for view in channels_of(listing)}
    targets = views[channel].targets if channel in views else ()
    return {target.version.number: target.weight for target in targets}


def sent(one: int, two: int, reason: str = "") -> dict[str, object]:
    return {"stable-share-1.0.0": one, "stable-share-2.0.0": two, "stable-reason": reason}


def test_shows_channels_versions_and_history(hana_browser, listing) -> None:
    answer = hana_browser.get(PAGE)

    (panel,) = answer.context["panels"]
    assert (panel.view.name, panel.form.numbers) == ("stable", ["1.0.0", "2.0.0"])
    assert [version.number for version, _ in answer.context["versions"]] == ["2.0.0", "1.0.0"]
    assert [move.targets for move in answer.context["moves"]] == ["1.0.0"]


def test_a_canary_gets_its_share(hana_browser, listing) -> None:
    answer = hana_browser.post(STABLE, sent(90, 10, "Try it"))

    assert answer.url == PAGE
    assert shares(listing) == {"1.0.0": 90, "2.0.0": 10}
    assert hana_browser.get(PAGE).context["moves"][0].reason == "Try it"


@pytest.mark.parametrize(("one", "two"), [(90, 11), (0, 0), (101, 0), (-1, 100), ("x", 1)])
def test_shares_sum_to_100(hana_browser, listing, one, two) -> None:
    answer = hana_browser.post(STABLE, sent(one, two))

    (panel,) = answer.context["panels"]
    assert (answer.status_code, panel.is_open, bool(panel.form.errors)) == (200, True, True)
    assert shares(listing) == {"1.0.0": 100}


def test_rolls_back_and_says_so(hana_browser, listing) -> None:
    hana_browser.post(STABLE, sent(0, 100))

    answer = hana_browser.post(f"{STABLE}roll-back/", follow=True)

    assert shares(listing) == {"1.0.0": 100}
    assert b"stable is rolled back. No call was interrupted." in answer.content


def test_says_when_there_is_nothing_to_go_back_to(hana_browser, listing) -> None:
    answer = hana_browser.post(f"{STABLE}roll-back/", follow=True)

    assert b"has nothing to go back to" in answer.content
    assert shares(listing) == {"1.0.0": 100}


def test_offers_a_roll_back_only_where_there_is_something_to_go_back_to(
    hana_browser, as_hana, listing
) -> None:
    assert b"Roll back" not in hana_browser.get(PAGE).content

    newest = Version.objects.get(number="2.0.0")
    point(by=as_hana, listing=listing, targets=[(newest, 100)])
    content = hana_browser.get(PAGE).content

    assert b"It points at 1.0.0 again, at once." in content


def test_says_that_nobody_can_buy_it_until_there_is_a_plan(hana_browser, listing) -> None:
    before = hana_browser.get(PAGE).content
    make_plan(listing)
    after = hana_browser.get(PAGE).content

    assert b"Nobody can buy it yet" in before
    assert b"/desk/listings/scorer/plans/new/" in before
    assert b"Nobody can buy it yet" not in after


def test_shows_a_call_that_would_be_answered(hana_browser, listing) -> None:
    assert hana_browser.get(PAGE).context["calls"] == []

    make_plan(listing)
    page = hana_browser.get(PAGE)

    assert [one.label for one in page.context["calls"]] == ["curl", "Python", "JavaScript"]
    assert b"harbor/scorer" in page.content


def test_adds_a_channel(hana_browser, listing) -> None:
    hana_browser.post(f"{PAGE}channels/", {"channel": "canary", "version": "2.0.0"})

    assert shares(listing, "canary") == {"2.0.0": 100}
    assert shares(listing) == {"1.0.0": 100}


def test_a_channel_has_a_plain_name_and_a_published_version(hana_browser, listing) -> None:
    make_version(listing, number="3.0.0", is_published=False)

    answer = hana_browser.post(f"{PAGE}channels/", {"channel": "a b", "version": "3.0.0"})

    assert set(answer.context["new_form"].errors) == {"channel", "version"}
    assert len(channels_of(listing)) == 1


def test_a_listing_without_versions_says_what_to_do(hana_browser, as_hana) -> None:
    from tests.factories.authoring import make_listing

    make_listing(as_hana)

    assert b"No version yet" in hana_browser.get(PAGE).content


DOORS = [
    ("get", PAGE),
    ("post", STABLE),
    ("post", f"{PAGE}channels/"),
    ("post", f"{STABLE}roll-back/"),
]


@pytest.mark.parametrize(("method", "url"), DOORS)
def test_each_door_is_for_writers_of_the_author(
    listing, charlie_browser, viewer_browser, method, url
) -> None:
    data = {**sent(0, 100), "channel": "canary", "version": "2.0.0"}

    assert getattr(charlie_browser, method)(url, data).status_code == 404
    assert getattr(viewer_browser, method)(url, data).status_code == 403
    assert getattr(Client(), method)(url, data).status_code == 302
    assert shares(listing) == {"1.0.0": 100}
    assert Version.objects.count() == 2
