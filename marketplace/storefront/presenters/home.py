"""The home page: what is here, measured from the database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from catalog import selectors as catalog
from catalog.types import TASKS, Shelf
from inference.snippets import snippets
from marketplace.core.ui import ListingCard, Snippet, compact_number
from marketplace.storefront.presenters.cards import card_of

if TYPE_CHECKING:
    from catalog.models import Listing, Version

MOST_FEATURED = 9
MOST_FOR_A_TASK = 2
LONGEST_EXAMPLE = 400


@dataclass(frozen=True, slots=True)
class TaskTile:
    """A task and how many models it has."""

    id: str
    name: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Total:
    """A number about the store."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything the home page shows."""

    totals: Sequence[Total]
    tasks: Sequence[TaskTile]
    cards: Sequence[ListingCard]
    shelves: Sequence[Shelf]
    quickstart: Sequence[Snippet]
    quickstart_url: str
    quickstart_name: str


def home_page() -> HomePage:
    """Prepare the home page."""
    listings = catalog.featured()
    versions = catalog.current_versions(listings)
    shown = _by_task(listings)[:MOST_FEATURED]
    example = _example(listings, versions)
    return HomePage(
        totals=_totals(),
        tasks=_tasks(),
        cards=[card_of(listing, versions) for listing in shown],
        shelves=catalog.collections()[:4],
        quickstart=_quickstart(*example) if example else (),
        quickstart_url=example[0].get_absolute_url() if example else "/docs/quickstart/",
        quickstart_name=example[0].name if example else "",
    )


def _totals() -> list[Total]:
    labels = {
        "models": "models",
        "authors": "authors",
        "versions": "signed versions",
        "measurements": "measured results",
        "predictions": "calls answered",
    }
    found = catalog.totals()
    return [
        Total(label, compact_number(found[name])) for name, label in labels.items() if found[name]
    ]


def _tasks() -> list[TaskTile]:
    counts = catalog.task_counts()
    return [
        TaskTile(task.id, task.name, counts[task.id], f"/models/?task={task.id}")
        for task in TASKS.values()
        if counts.get(task.id)
    ]


def _by_task(listings: "Sequence[Listing]") -> "list[Listing]":
    """Return a few listings of every task, in the order given, so that no task fills the page."""
    taken: dict[str, int] = {}
    shown = []
    for listing in listings:
        taken[listing.task] = taken.get(listing.task, 0) + 1
        if taken[listing.task] <= MOST_FOR_A_TASK:
            shown.append(listing)
    return shown


def _example(
    listings: "Sequence[Listing]", versions: "Mapping[UUID, Version]"
) -> "tuple[Listing, Version] | None":
    """Return the first listing whose example is short enough to read."""
    for listing in listings:
        version = versions.get(listing.pk)
        example = version.signature.get("example") if version else None
        if version and example and len(json.dumps(example)) <= LONGEST_EXAMPLE:
            return listing, version
    return None


def _quickstart(listing: "Listing", version: "Version") -> list[Snippet]:
    return snippets(settings.SITE_URL, listing.model_id, version.signature["example"])
