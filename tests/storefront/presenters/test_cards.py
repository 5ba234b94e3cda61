"""Cards say what is known, shortly."""

import pytest

from catalog.services.listings import publish_listing, record_facets
from marketplace.core.ui import readable_bytes
from marketplace.storefront.presenters.cards import cards_of, price_parts
from tests.factories.catalog import make_listing, published_listing


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("$0.10 / 1M input tokens · $0.30 / 1M output tokens", ("$0.10", "1M input tokens")),
        ("$49 / month + more", ("$49", "month")),
        ("from $0.002 / call", ("from $0.002", "call")),
        ("Free", ("Free", "")),
        ("", ("", "")),
    ],
)
def test_the_first_price_stands_for_the_line(line, parts):
    assert price_parts(line) == parts


@pytest.mark.parametrize(
    ("size", "text"),
    [(340, "340 bytes"), (931_000, "931 kB"), (269_000_000, "269 MB"), (1_520_000_000, "1.52 GB")],
)
def test_sizes_are_short(size, text):
    assert readable_bytes(size) == text


def test_a_card_says_what_was_measured(harbor):
    listing = published_listing(
        organization=harbor,
        name="Otter",
        license_spdx="LicenseRef-Proprietary",
        parameter_count=134_515_008,
    )
    record_facets(
        listing_id=listing.pk, latency_p50_ms=11.8, measured_count=3, price_line="$0.02 / call"
    )
    listing.refresh_from_db()

    (card,) = cards_of([listing])

    assert (card.name, card.author, card.author_url) == ("Otter", "Harbor", "/authors/harbor/")
    assert (card.price, card.price_per, card.latency) == ("$0.02", "call", "12 ms")
    assert card.measured == ["135M parameters", "3 signed results"]
    assert (card.license, card.state) == ("Proprietary", "")


def test_a_card_claims_nothing_unknown(harbor):
    (card,) = cards_of([published_listing(organization=harbor, parameter_count=0)])

    assert (card.price, card.latency, card.measured) == ("", "", [])


def test_states_are_shown_where_they_matter(harbor):
    announced = make_listing(organization=harbor)
    publish_listing(by=None, listing=announced, before_first_version=True)
    announced.is_callable = False
    draft = make_listing(organization=harbor)

    assert [card.state for card in cards_of([announced, draft])] == ["arriving", "draft"]


def test_cards_take_one_query(harbor, django_assert_num_queries):
    listings = [published_listing(organization=harbor) for _ in range(4)]

    with django_assert_num_queries(1):
        cards_of(listings)
