"""The demo world as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.storefront.demo import audio, data, language
from marketplace.storefront.demo.types import DemoListing


@dataclass(frozen=True, slots=True)
class DemoShelf:
    """A collection of the demo world."""

    slug: str
    name: str
    summary: str


SHELVES = (
    DemoShelf("start-here", "Start here", "One good model for each kind of task."),
    DemoShelf("language", "Language", "Chat, adapters and embeddings."),
    DemoShelf("vision", "Vision", "Tags and boxes on ordinary hardware."),
    DemoShelf("safety", "Safety", "Models that stand in front of other models."),
    DemoShelf("business", "Planning", "Forecasts and scores for the business."),
    DemoShelf("high-volume", "High volume", "Under a millisecond, for every request you have."),
    DemoShelf(
        "measured-for-fairness", "Measured for fairness", "Bias reports that you can run again."
    ),
)
# Small models first: the store has something to call within seconds.
ORDER = (
    "parlance-language-id",
    "gatehouse-prompt-shield",
    "tideline-forecast",
    "lookout-faces",
    "census-income-scorer",
    "census-income-parity",
    "glance-image-tagger",
    "compass-embeddings",
    "lantern-135m-chat",
    "lantern-statehouse",
    "lantern-deepwater",
)
_BY_SLUG = {listing.slug: listing for listing in (*language.LISTINGS, *data.LISTINGS)}
LISTINGS = tuple(_BY_SLUG[slug] for slug in ORDER)
# Made only when asked for by name: they fetch more than a first start should.
EXTRAS: Mapping[str, tuple[DemoListing, ...]] = {"speech": audio.LISTINGS}
ALL = (*LISTINGS, *(listing for listings in EXTRAS.values() for listing in listings))
