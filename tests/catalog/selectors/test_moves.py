"""The history of channels."""

from catalog.selectors.moves import moves_of
from catalog.services.channels import point, roll_back
from tests.factories.catalog import author_of, make_version, published_listing


def test_tells_the_moves_newest_first_and_in_words(harbor, elsewhere) -> None:
    published_listing(organization=elsewhere)
    listing = published_listing(organization=harbor)
    first, by = listing.versions.get(), author_of(harbor)
    newer = make_version(listing, number="2.0.0")
    point(by=by, listing=listing, targets=[(newer, 10), (first, 90)], reason="Try it")
    roll_back(by=None, listing=listing)

    moves = moves_of(listing)

    told = [(move.targets, move.by, move.is_roll_back) for move in moves]
    assert told == [
        ("1.0.0", "Stoa", True),
        ("1.0.0 90 %, 2.0.0 10 %", "hana@harbor.example", False),
        ("1.0.0", "hana@harbor.example", False),
    ]
    assert (moves[1].channel, moves[1].reason) == ("stable", "Try it")
    assert len(moves_of(listing, limit=1)) == 1
