"""Up to four models side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.types import Caller
from catalog import selectors as catalog
from catalog.languages import LANGUAGES
from catalog.types import SearchQuery
from marketplace.core.ui import Tab, compact_number, readable_bytes, readable_ms
from marketplace.storefront.presenters.browse import MOST_COMPARED, compare_address
from marketplace.storefront.presenters.cards import (
    price_parts,
    short_license,
    state_of,
)
from marketplace.storefront.presenters.limits import input_limits

if TYPE_CHECKING:
    from catalog.models import Listing, Version

MOST_LANGUAGES = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A model in the comparison."""

    listing: "Listing"
    model: str
    name: str
    url: str
    author: str
    author_url: str
    task: str
    state: str
    try_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a model; ``mark`` says whose word it is."""

    text: str
    note: str = ""
    mark: str = ""
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One question, answered for every model."""

    label: str
    cells: Sequence[Cell]
    is_same: bool


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Everything the comparison shows."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    suggestions: Sequence[Tab]
    is_full: bool
    browse_url: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A listing with what the rows say of it."""

    listing: "Listing"
    version: "Version | None"
    version_count: int


def compare_page(models: Sequence[str], *, viewer: Caller | None) -> ComparePage:
    """Prepare the comparison of models named ``owner/name``; unknown ones are left out."""
    listings = catalog.listings_by_model(models, viewer=viewer)[:MOST_COMPARED]
    names = [listing.model_id for listing in listings]
    versions = catalog.current_versions(listings)
    counts = catalog.version_counts(listings)
    subjects = [Subject(one, versions.get(one.pk), counts.get(one.pk, 0)) for one in listings]
    return ComparePage(
        columns=[_column(listing, names) for listing in listings],
        rows=[_row(label, answer, subjects) for label, answer in ROWS.items()] if listings else [],
        suggestions=_suggestions(listings, names),
        is_full=len(listings) >= MOST_COMPARED,
        browse_url=_browse_url(names),
    )


def _browse_url(names: Sequence[str]) -> str:
    return compare_address(names).replace("/compare/", "/models/").replace("model=", "compare=")


def _column(listing: "Listing", names: Sequence[str]) -> Column:
    others = [name for name in names if name != listing.model_id]
    return Column(
        listing=listing,
        model=listing.model_id,
        name=listing.name,
        url=listing.get_absolute_url(),
        author=listing.organization.name,
        author_url=listing.organization.get_absolute_url(),
        task=listing.task,
        state=state_of(listing),
        try_url=f"{listing.get_absolute_url()}try/",
        remove_url=compare_address(others),
    )


def _suggestions(listings: "Sequence[Listing]", names: Sequence[str]) -> list[Tab]:
    """Return models worth adding: of the same task first, then the most used."""
    if len(listings) >= MOST_COMPARED:
        return []
    tasks = tuple(dict.fromkeys(listing.task for listing in listings))
    found = list(catalog.search(SearchQuery(filters={"task": tasks})).items) if tasks else []
    found += catalog.search(SearchQuery()).items
    fresh = {one.model_id: one for one in found if one.model_id not in names}
    return [
        Tab(one.name, compare_address([*names, model])) for model, one in list(fresh.items())[:6]
    ]


def _row(label: str, answer: Callable[[Subject], Cell], subjects: Sequence[Subject]) -> Row:
    cells = [answer(subject) for subject in subjects]
    if label in BEST:
        best = BEST[label](subjects)
        cells = [
            Cell(cell.text, cell.note, cell.mark, is_best=subject.listing.pk == best)
            for cell, subject in zip(cells, subjects, strict=True)
        ]
    is_same = len(cells) > 1 and len({(cell.text, cell.note) for cell in cells}) == 1
    return Row(label, cells, is_same)


def _fastest(subjects: Sequence[Subject]) -> object:
    timed = [one.listing for one in subjects if one.listing.latency_p50_ms is not None]
    if len(timed) < 2:
        return None
    return min(timed, key=lambda listing: listing.latency_p50_ms or 0).pk


def _price(subject: Subject) -> Cell:
    amount, per = price_parts(subject.listing.price_line)
    free = "Has a free plan" if subject.listing.has_free_plan else ""
    if not amount:
        return Cell("", free)
    return Cell(amount, " · ".join(filter(None, (f"per {per}" if per else "", free))))


def _license(subject: Subject) -> Cell:
    terms = subject.listing.license
    notes = [] if terms.allows_commercial_use else ["No commercial use"]
    notes += [] if terms.allows_derivatives else ["No derived models"]
    return Cell(short_license(terms.spdx_id), ", ".join(notes), "stated")


def _latency(subject: Subject) -> Cell:
    latency = subject.listing.latency_p50_ms
    if latency is None:
        return Cell("")
    return Cell(readable_ms(latency), f"median on {subject.listing.hardware.upper()}", "measured")


def _parameters(subject: Subject) -> Cell:
    count = subject.version.parameter_count if subject.version else 0
    note = "adapter, loaded on its base" if subject.version and subject.version.base_id else ""
    return Cell(compact_number(count), note, "measured") if count else Cell("")


def _size(subject: Subject) -> Cell:
    size = subject.version.size_bytes if subject.version else 0
    return Cell(readable_bytes(size), mark="measured") if size else Cell("")


def _evidence(subject: Subject) -> Cell:
    count = subject.listing.measured_count
    return Cell(f"{count} signed {'result' if count == 1 else 'results'}" if count else "")


def _limits(subject: Subject) -> Cell:
    limits = input_limits(subject.version.signature) if subject.version else []
    return Cell("; ".join(limits))


def _languages(subject: Subject) -> Cell:
    codes = subject.listing.languages
    names = [LANGUAGES.get(code, code) for code in codes[:MOST_LANGUAGES]]
    more = f"and {len(codes) - MOST_LANGUAGES} more" if len(codes) > MOST_LANGUAGES else ""
    return Cell(", ".join(names), more, "stated" if codes else "")


def _restrictions(subject: Subject) -> Cell:
    return Cell(subject.listing.restrictions, mark="stated" if subject.listing.restrictions else "")


def _versions(subject: Subject) -> Cell:
    if subject.version is None:
        return Cell("")
    count = subject.version_count
    note = f"{count} {'version' if count == 1 else 'versions'} in all"
    return Cell(f"{subject.version.number} ({subject.version.short_digest})", note)


ROWS: dict[str, Callable[[Subject], Cell]] = {
    "Task": lambda one: Cell(one.listing.get_task_display()),
    "Price": _price,
    "Latency": _latency,
    "Parameters": _parameters,
    "Size": _size,
    "Evidence": _evidence,
    "License": _license,
    "Inputs": _limits,
    "Languages": _languages,
    "Hardware": lambda one: Cell(one.listing.hardware.upper()),
    "Restrictions": _restrictions,
    "Weights": lambda one: Cell("Can be exported" if one.listing.is_exportable else "Run only"),
    "Version": _versions,
}
BEST: dict[str, Callable[[Sequence[Subject]], object]] = {"Latency": _fastest}
