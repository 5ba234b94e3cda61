"""Authoring's words as plain Python."""

from dataclasses import dataclass, field
from typing import Any

PART_BYTES = 16 << 20
SMALLEST_PART_BYTES = 64 << 10
MOST_FILES = 256
# How a version came from its base; the words of the catalog's lineage.
RELATIONS = {
    "adapter": "Adapter of",
    "finetune": "Fine-tuned from",
    "quantized": "Quantized from",
    "merge": "Merged from",
    "derived": "Derived from",
    "converted": "Converted from",
}


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file that an author is about to send: its name, its bytes, their SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a passed step of the checks says, with details for people who want them."""

    summary: str
    detail: dict[str, Any] = field(default_factory=dict)
