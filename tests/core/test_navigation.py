"""The side navigation of signed-in areas."""

from marketplace.core.navigation import AUTHOR_PLACES, BUYER_PLACES, Place, tabs_at


def current(path: str, places: tuple[Place, ...]) -> list[str]:
    return [tab.label for tab in tabs_at(path, places, None) if tab.is_current]


def test_a_place_is_current_for_every_page_beneath_it():
    assert current("/predictions/01jd8x/", BUYER_PLACES) == ["Predictions"]


def test_the_longest_address_wins():
    assert current("/desk/uploads/7/", AUTHOR_PLACES) == ["Uploads"]
    assert current("/desk/smol-chat/", AUTHOR_PLACES) == ["Listings"]


def test_elsewhere_nothing_is_current():
    assert current("/models/", BUYER_PLACES) == []


def test_what_may_not_be_opened_is_not_offered():
    labels = [tab.label for tab in tabs_at("/", BUYER_PLACES, frozenset({"usage.read"}))]

    assert "Usage" in labels
    assert "Predictions" not in labels
