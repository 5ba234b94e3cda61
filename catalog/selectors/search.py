"""Finding listings: text, filters, counts."""

from collections.abc import Callable, Mapping

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import Organization
from catalog.languages import LANGUAGES
from catalog.models import Listing, ListingFacet
from catalog.search import fold, full_text, words_of
from catalog.selectors.listings import complete, published
from catalog.types import (
    FACETS,
    LATENCY_CLASSES,
    PRICE_KINDS,
    SORTS,
    TASKS,
    FacetCount,
    SearchQuery,
    SearchResult,
)

ORDERS = {
    "relevance": ("-begins_so", "-relevance", "-prediction_count", "slug"),
    "popular": ("-prediction_count", "-published_at", "slug"),
    "newest": ("-published_at", "slug"),
    "fastest": (F("latency_p50_ms").asc(nulls_last=True), "slug"),
    "name": ("name", "slug"),
}


def search(query: SearchQuery) -> SearchResult:
    """Return a page of published listings with the counts of every facet.

    When no listing has all the words of the text, those with any of them are found.
    """
    found, is_loose, has_text = _with_text(published(), query.text)
    filters = _plain(query.filters)
    sort = _sort(query.sort, has_text=has_text)
    rows = complete(_filtered(found, filters)).order_by(*ORDERS[sort])
    pages = Paginator(rows, query.page_size)
    page = pages.get_page(query.page)
    return SearchResult(
        items=tuple(page.object_list),
        total=pages.count,
        facets=_facet_counts(found, filters),
        page=page.number,
        page_count=pages.num_pages,
        sort=sort,
        is_loose=is_loose and pages.count > 0,
    )


def _plain(filters: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    # PostgreSQL takes no null characters, not even to find nothing.
    return {
        facet: tuple(value.replace("\x00", "")[:64] for value in values)
        for facet, values in filters.items()
        if facet in FACETS and values
    }


def _sort(wanted: str, *, has_text: bool) -> str:
    if wanted == "relevance" and not has_text:
        return "popular"
    return wanted if wanted in SORTS else "relevance" if has_text else "popular"


def _with_text(listings: QuerySet[Listing], text: str) -> tuple[QuerySet[Listing], bool, bool]:
    words = words_of(text)
    if not words:
        # Text without a single word, such as "???", is like none; NULL bytes too.
        return listings, False, False
    # A name that begins with the very text comes before names that only contain its words.
    begins = Q(name__istartswith=fold(text).strip()) | Q(slug__istartswith=fold(text).strip())
    listings = listings.annotate(begins_so=begins)
    strict = full_text().matching(listings, words, every=True)
    if len(words) == 1 or strict.exists():
        return strict, False, True
    return full_text().matching(listings, words, every=False), True, True


def _filtered(
    listings: QuerySet[Listing], filters: Mapping[str, tuple[str, ...]], *, but: str = ""
) -> QuerySet[Listing]:
    for facet, values in filters.items():
        if facet != but:
            rows = ListingFacet.objects.filter(listing=OuterRef("pk"), facet=facet)
            listings = listings.filter(Exists(rows.filter(value__in=values)))
    return listings


def _facet_counts(
    found: QuerySet[Listing], filters: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[FacetCount, ...]]:
    """Count each facet with the other facets' filters applied.

    Facets without a filter share one query; each with a filter takes one of its own.
    """
    free = [facet for facet in FACETS if facet not in filters]
    counts = _counts(_filtered(found, filters), free)
    for facet in filters:
        counts |= _counts(_filtered(found, filters, but=facet), [facet])
    label = _labeler({*counts.get("author", {}), *filters.get("author", ())})
    return {
        facet: _as_values(facet, counts.get(facet, {}), filters.get(facet, ()), label)
        for facet in FACETS
    }


def _counts(listings: QuerySet[Listing], facets: list[str]) -> dict[str, dict[str, int]]:
    rows = (
        ListingFacet.objects.filter(facet__in=facets, listing__in=listings.values("pk"))
        .values_list("facet", "value")
        .annotate(count=Count("pk"))
    )
    counts: dict[str, dict[str, int]] = {facet: {} for facet in facets}
    for facet, value, count in rows:
        counts[facet][value] = count
    return counts


def _as_values(
    facet: str,
    counts: Mapping[str, int],
    chosen: tuple[str, ...],
    label: Callable[[str, str], str],
) -> tuple[FacetCount, ...]:
    # A chosen value that nothing has any more stays, so that it can be taken off.
    all_counts = dict.fromkeys(chosen, 0) | dict(counts)
    values = [
        FacetCount(value, label(facet, value), count, value in chosen)
        for value, count in all_counts.items()
    ]
    if facet == "latency":
        places = {one.id: place for place, one in enumerate(LATENCY_CLASSES)}
        return tuple(sorted(values, key=lambda one: places.get(one.value, len(places))))
    return tuple(sorted(values, key=lambda one: (-one.count, one.label)))


def _labeler(author_slugs: set[str]) -> Callable[[str, str], str]:
    authors = Organization.objects.filter(slug__in=author_slugs)
    labels = {
        "task": {task.id: task.name for task in TASKS.values()},
        "price": PRICE_KINDS,
        "free": {"yes": "Has a free plan"},
        "latency": {one.id: one.label for one in LATENCY_CLASSES},
        "language": LANGUAGES,
        "hardware": {"cpu": "CPU", "gpu": "GPU", "h100": "NVIDIA H100", "h200": "NVIDIA H200"},
        "author": dict(authors.values_list("slug", "name")),
    }
    return lambda facet, value: labels.get(facet, {}).get(value, value)
