"""The catalog's words as plain Python."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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
