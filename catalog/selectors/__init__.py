"""Every shaped read of the catalog."""

from catalog.selectors.lineage import descends_from, lineage_of
from catalog.selectors.listings import (
    channels_of,
    complete,
    current_version,
    current_versions,
    get_listing,
    get_version,
    is_member,
    licenses,
    listings_by_ids,
    listings_by_model,
    listings_of_author,
    published,
    version_by_number,
    version_counts,
    versions_of,
    visible_listings,
)
from catalog.selectors.routing import bases_of, parse, resolve, version_ref
from catalog.selectors.search import search
from catalog.selectors.shelves import (
    author_page,
    collection,
    collections,
    featured,
    task_counts,
    totals,
)

__all__ = [
    "author_page",
    "bases_of",
    "channels_of",
    "collection",
    "collections",
    "complete",
    "current_version",
    "current_versions",
    "descends_from",
    "featured",
    "get_listing",
    "get_version",
    "is_member",
    "licenses",
    "lineage_of",
    "listings_by_ids",
    "listings_by_model",
    "listings_of_author",
    "parse",
    "published",
    "resolve",
    "search",
    "task_counts",
    "totals",
    "version_by_number",
    "version_counts",
    "version_ref",
    "versions_of",
    "visible_listings",
]
