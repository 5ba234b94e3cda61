"""What: listings, versions, artifacts, licenses, lineage, collections."""

from catalog.models.artifact import Artifact, VersionFile
from catalog.models.channel import Channel, ChannelMove, ChannelTarget
from catalog.models.collection import Collection, CollectionItem
from catalog.models.license import License
from catalog.models.lineage import LineageEdge, Relation
from catalog.models.listing import Listing, ListingState, Tag
from catalog.models.search import ListingDocument, ListingFacet, ListingText
from catalog.models.version import Version, VersionState

__all__ = [
    "Artifact",
    "Channel",
    "ChannelMove",
    "ChannelTarget",
    "Collection",
    "CollectionItem",
    "License",
    "LineageEdge",
    "Listing",
    "ListingDocument",
    "ListingFacet",
    "ListingState",
    "ListingText",
    "Relation",
    "Tag",
    "Version",
    "VersionFile",
    "VersionState",
]
