"""The page of search results."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from accounts.types import Caller
from catalog import selectors as catalog
from catalog.types import FACETS, SORTS, SearchQuery, SearchResult
from marketplace.core.ui import Chip, Facet, FacetValue, ListingCard
from marketplace.storefront.presenters.addresses import Address
from marketplace.storefront.presenters.cards import cards_of

PATH = "/models/"
MOST_COMPARED = 4
MOST_VALUES = 12
TITLES = {
    "task": "Task",
    "price": "Price",
    "free": "Free plan",
    "latency": "Median latency",
    "license": "License",
    "language": "Language",
    "hardware": "Hardware",
    "author": "Author",
}
OFFERED = frozenset(SORTS) - {"relevance"}
OPEN = frozenset({"task", "author", "price", "free"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of the browse page."""

    query: SearchQuery
    compared: tuple[str, ...]

    @property
    def address(self) -> Address:
        """Return the page's canonical address."""
        pairs = [("q", self.query.text)]
        for facet, values in self.query.filters.items():
            pairs += [(facet, value) for value in values]
        pairs += [("sort", self.query.sort)]
        pairs += [("compare", model) for model in self.compared]
        page = str(self.query.page) if self.query.page > 1 else ""
        return Address(PATH, tuple(pair for pair in [*pairs, ("page", page)] if pair[1]))


@dataclass(frozen=True, slots=True)
class Sort:
    """A way to order results."""

    value: str
    label: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A card, and how to take it to the comparison or back."""

    card: ListingCard
    compare_url: str
    is_compared: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A model taken to the comparison."""

    name: str
    model: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class BrowsePage:
    """Everything the browse page shows."""

    title: str
    text: str
    total: int
    summary: str
    is_loose: bool
    results: Sequence[Result]
    facets: Sequence[Facet]
    sorts: Sequence[Sort]
    chips: Sequence[Chip]
    filter_count: int
    clear_url: str
    without_text_url: str
    compared: Sequence[Compared]
    compare_url: str
    previous_url: str
    next_url: str
    address: str


def read_wish(sent: QueryDict) -> Wish:
    """Return what the parameters of the address ask for; what makes no sense is ignored."""
    filters = {facet: tuple(dict.fromkeys(sent.getlist(facet))) for facet in FACETS}
    page = sent.get("page", "")
    query = SearchQuery(
        text=sent.get("q", "").strip()[:1_000],
        filters={facet: values for facet, values in filters.items() if any(values)},
        sort=sent.get("sort", "") if sent.get("sort") in OFFERED else "",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )
    compared = tuple(dict.fromkeys(sent.getlist("compare")))[:MOST_COMPARED]
    return Wish(query, compared)


def browse_page(wish: Wish, *, viewer: Caller | None) -> BrowsePage:
    """Search, and prepare the page."""
    found = catalog.search(wish.query)
    compared = catalog.listings_by_model(wish.compared, viewer=viewer) if wish.compared else []
    here = wish.address
    first = here.without("page")
    return BrowsePage(
        title=_title(wish.query, found),
        text=wish.query.text,
        total=found.total,
        summary=_summary(found),
        is_loose=found.is_loose,
        results=_results(found, wish, first),
        facets=_facets(found),
        sorts=_sorts(wish.query),
        chips=_chips(found, first),
        filter_count=sum(len(values) for values in wish.query.filters.values()),
        clear_url=str(first.without(*FACETS)),
        without_text_url=str(first.without("q")),
        compared=[
            Compared(one.name, one.model_id, str(first.without_value("compare", one.model_id)))
            for one in compared
        ],
        compare_url=compare_address([one.model_id for one in compared]),
        previous_url=str(here.having("page", found.page - 1)) if found.page > 1 else "",
        next_url=str(here.having("page", found.page + 1)) if found.page < found.page_count else "",
        address=str(here),
    )


def compare_address(models: Sequence[str]) -> str:
    """Return the address that compares models."""
    return str(Address("/compare/", tuple(("model", model) for model in models)))


def _title(query: SearchQuery, found: SearchResult) -> str:
    if query.text:
        return f"Results for “{query.text[:80]}”"
    tasks = [one.label for one in found.facets["task"] if one.is_selected]
    return tasks[0] if len(tasks) == 1 else "Models"


def _summary(found: SearchResult) -> str:
    noun = "model" if found.total == 1 else "models"
    place = f", page {found.page} of {found.page_count}" if found.page_count > 1 else ""
    return f"{found.total:,} {noun}{place}"


def _results(found: SearchResult, wish: Wish, here: Address) -> list[Result]:
    results = []
    for listing, card in zip(found.items, cards_of(found.items), strict=True):
        model = listing.model_id
        is_compared = model in wish.compared
        change = here.without_value if is_compared else here.with_value
        is_full = len(wish.compared) >= MOST_COMPARED and not is_compared
        url = "" if is_full else str(change("compare", model))
        results.append(Result(card, url, is_compared))
    return results


def _facets(found: SearchResult) -> list[Facet]:
    groups = []
    for name, counts in found.facets.items():
        shown = [one for place, one in enumerate(counts) if place < MOST_VALUES or one.is_selected]
        values = [FacetValue(one.value, one.label, one.count, one.is_selected) for one in shown]
        is_open = name in OPEN or any(one.is_selected for one in shown)
        if values:
            groups.append(Facet(TITLES[name], name, values, is_open=is_open))
    return groups


def _sorts(query: SearchQuery) -> list[Sort]:
    # Without a choice, what matches best comes first, or what is used most.
    offered = {"": SORTS["relevance"], **SORTS}
    del offered["relevance"]
    return [Sort(value, label, value == query.sort) for value, label in offered.items()]


def _chips(found: SearchResult, here: Address) -> list[Chip]:
    return [
        Chip(one.label, str(here.without_value(facet, one.value)))
        for facet, counts in found.facets.items()
        for one in counts
        if one.is_selected
    ]
