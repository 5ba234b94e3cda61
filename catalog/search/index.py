"""Keeps the search index in step; services call it in the transaction of the change."""

from collections.abc import Iterable

from catalog.models import Listing, ListingFacet
from catalog.search.backends import Text, full_text
from catalog.types import LATENCY_CLASSES


def refresh(listing: Listing) -> None:
    """Write a listing's text and facets anew."""
    tags = " ".join(tag.slug for tag in listing.tags.all())
    task = listing.get_task_display()
    words = f"{tags} {task} {listing.organization.name} {listing.organization.slug}"
    name = f"{listing.name} {listing.slug}"
    full_text().put(listing.pk, Text(name, listing.summary, words, listing.description))
    refresh_facets(listing)


def refresh_facets(listing: Listing) -> None:
    """Write the values by which a listing can be filtered."""
    wanted = set(facets_of(listing))
    kept = set()
    for row in ListingFacet.objects.filter(listing=listing):
        pair = (row.facet, row.value)
        if pair in wanted:
            kept.add(pair)
        else:
            row.delete()
    ListingFacet.objects.bulk_create(
        ListingFacet(listing=listing, facet=facet, value=value)
        for facet, value in sorted(wanted - kept)
    )


def facets_of(listing: Listing) -> Iterable[tuple[str, str]]:
    """Yield (facet, value) of a listing."""
    yield "task", listing.task
    yield "license", listing.license.spdx_id
    yield "hardware", listing.hardware
    yield "author", listing.organization.slug
    for kind in listing.price_kinds:
        yield "price", kind
    for language in listing.languages:
        yield "language", language
    if listing.has_free_plan:
        yield "free", "yes"
    if listing.latency_p50_ms is not None:
        yield "latency", latency_class(listing.latency_p50_ms)


def latency_class(milliseconds: float) -> str:
    """Return the class of a median latency."""
    return next(one.id for one in LATENCY_CLASSES if milliseconds < one.below_ms)


def rebuild() -> int:
    """Write the index of every listing anew; return how many there are."""
    listings = Listing.objects.select_related("organization", "license").prefetch_related("tags")
    count = 0
    for listing in listings.iterator(chunk_size=500):
        refresh(listing)
        count += 1
    return count
