"""The catalog's words as plain Python."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models import Organization
    from catalog.models import Listing, Version


class Modality(StrEnum):
    """What goes in and comes out."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    TABULAR = "tabular"
    TIME_SERIES = "time-series"


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A kind of model a buyer looks for."""

    id: str
    name: str
    modality: Modality
    verb: str


TASKS = {
    task.id: task
    for task in (
        TaskInfo("text-generation", "Chat and text generation", Modality.TEXT, "Chat"),
        TaskInfo("sentence-embeddings", "Sentence embeddings", Modality.TEXT, "Embed"),
        TaskInfo("text-classification", "Text classification", Modality.TEXT, "Classify"),
        TaskInfo("language-identification", "Language identification", Modality.TEXT, "Identify"),
        TaskInfo("tabular-classification", "Tabular scoring", Modality.TABULAR, "Score"),
        TaskInfo("forecasting", "Forecasting", Modality.TIME_SERIES, "Forecast"),
        TaskInfo("image-classification", "Image tagging", Modality.IMAGE, "Tag"),
        TaskInfo("object-detection", "Object and face detection", Modality.IMAGE, "Detect"),
        TaskInfo("speech-recognition", "Speech to text", Modality.AUDIO, "Transcribe"),
    )
}


@dataclass(frozen=True, slots=True)
class VersionFileRef:
    """A file of a version: its path inside, its content's SHA-256, its size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class VersionRef:
    """What a worker needs to load a version; plain values, safe across processes."""

    id: str
    digest: str
    runtime: str
    files: tuple[VersionFileRef, ...]
    bundle: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)
    base: "VersionRef | None" = None


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes: the version chosen, and the channel that chose it, if any."""

    version: VersionRef
    listing_id: str
    signature: dict[str, Any]
    channel: str | None


@dataclass(frozen=True, slots=True)
class LatencyClass:
    """A band of median latency; a listing is in the first whose bound it stays below."""

    id: str
    label: str
    below_ms: float


LATENCY_CLASSES = (
    LatencyClass("under-10ms", "Under 10 ms", 10),
    LatencyClass("under-100ms", "10 to 100 ms", 100),
    LatencyClass("under-1s", "100 ms to 1 s", 1_000),
    LatencyClass("over-1s", "1 s and more", math.inf),
)
# How listings are sold; the names are those of billing's plans.
PRICE_KINDS = {
    "free": "Free",
    "payg": "Pay as you go",
    "subscription": "Subscription",
    "commitment": "Commitment",
    "license": "One-off license",
}
FACETS = ("task", "author", "price", "free", "license", "latency", "hardware", "language")
SORTS = {
    "relevance": "Best match",
    "popular": "Most used",
    "newest": "Newest",
    "fastest": "Fastest",
    "name": "Name",
}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a buyer looks for; ``filters`` maps a facet to the values allowed."""

    text: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    page_size: int = 24


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value of a facet, and how many listings have it under the other filters."""

    value: str
    label: str
    count: int
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of listings; ``is_loose`` when no listing had every word of the text."""

    items: "tuple[Listing, ...]"
    total: int
    facets: dict[str, tuple[FacetCount, ...]]
    page: int
    page_count: int
    sort: str
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class LineageNode:
    """A version in a lineage graph; one that the viewer may not see has no name."""

    version_id: str
    label: str
    number: str
    digest: str
    url: str
    state: str
    depth: int


@dataclass(frozen=True, slots=True)
class LineageLink:
    """A derivation; measured when the platform checked it, else stated by the author."""

    child_id: str
    parent_id: str
    relation: str
    relation_label: str
    is_measured: bool


@dataclass(frozen=True, slots=True)
class LineageGraph:
    """Ancestors (negative depth), the version itself (0) and descendants (positive)."""

    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageLink, ...]


@dataclass(frozen=True, slots=True)
class ChannelTargetView:
    """A version's share of a channel."""

    version: "Version"
    weight: int


@dataclass(frozen=True, slots=True)
class ChannelView:
    """Where a channel points, and since when."""

    name: str
    targets: tuple[ChannelTargetView, ...]
    moved_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """An author organization as buyers see it."""

    organization: "Organization"
    listings: "tuple[Listing, ...]"
    version_count: int
    prediction_count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection with the listings on it that buyers can see."""

    id: UUID
    slug: str
    name: str
    summary: str
    url: str
    listings: "tuple[Listing, ...]"
