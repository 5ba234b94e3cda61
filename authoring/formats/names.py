"""Which files may be part of a version, and how large each may be."""

import re
from collections.abc import Collection
from enum import StrEnum

from authoring.formats.families import family_of_name

MEBIBYTE = 1 << 20


class FileKind(StrEnum):
    """How the bytes of a permitted file are examined."""

    WEIGHTS = "weights"
    JSON = "json"
    TEXT = "text"


JSON_LIMITS = {
    "config.json": 4 * MEBIBYTE,
    "tokenizer.json": 40 * MEBIBYTE,
    "tokenizer_config.json": 4 * MEBIBYTE,
    "generation_config.json": MEBIBYTE,
    "special_tokens_map.json": MEBIBYTE,
    "added_tokens.json": 4 * MEBIBYTE,
    "vocab.json": 32 * MEBIBYTE,
    "labels.json": 4 * MEBIBYTE,
    "preprocessor_config.json": MEBIBYTE,
    "model.safetensors.index.json": 16 * MEBIBYTE,
}
TEXT_LIMITS = {
    "vocab.txt": 32 * MEBIBYTE,
    "merges.txt": 32 * MEBIBYTE,
    "README.md": MEBIBYTE,
    "LICENSE": MEBIBYTE,
    "NOTICE": MEBIBYTE,
}
DOCUMENTS = frozenset({"README.md", "LICENSE", "NOTICE"})
WHOLE = "model.safetensors"
SHARD = re.compile(r"model-([0-9]{5})-of-([0-9]{5})\.safetensors")
INDEX = "model.safetensors.index.json"
MOST_OF_EXTRA_JSON = 40 * MEBIBYTE


def kind_of(path: str, extra: Collection[str] = ()) -> FileKind | None:
    """Return how a file is examined; ``None`` when its name is not permitted.

    ``extra`` holds the names that the platform's runtimes add to the common ones.
    """
    if path == WHOLE or SHARD.fullmatch(path):
        return FileKind.WEIGHTS
    if path in TEXT_LIMITS:
        return FileKind.TEXT
    if path in JSON_LIMITS or (path in extra and path.endswith(".json")):
        return FileKind.JSON
    return None


def largest(path: str) -> int | None:
    """Return the most bytes a permitted file may have; weights have no limit of their own."""
    if kind_of(path) is FileKind.WEIGHTS:
        return None
    return JSON_LIMITS.get(path) or TEXT_LIMITS.get(path) or MOST_OF_EXTRA_JSON


def refusal_of_name(path: str, extra: Collection[str] = ()) -> str:
    """Return why a file of this name is not taken; empty when it is."""
    if kind_of(path, extra) is not None:
        return ""
    family = family_of_name(path)
    if family is not None:
        return family.sentence(path)
    known = ", ".join(sorted({WHOLE, *JSON_LIMITS, *TEXT_LIMITS, *extra}))
    return f"{path!r} is not a file of a version. Known names are: {known}."


def refusal_of_set(paths: Collection[str]) -> str:
    """Return what is wrong with the weight files as a set; empty when they fit together."""
    shards = sorted(path for path in paths if SHARD.fullmatch(path))
    if WHOLE in paths:
        return "Give one model.safetensors or shards, not both." if shards else ""
    if not shards:
        return "model.safetensors is missing."
    total = max(int(match[2]) for path in shards if (match := SHARD.fullmatch(path)))
    wanted = {f"model-{n:05d}-of-{total:05d}.safetensors" for n in range(1, total + 1)}
    if wanted != set(shards):
        return f"The shards are not model-00001-of-{total:05d} to model-{total:05d}-of-{total:05d}."
    return "" if INDEX in paths else f"{INDEX} is missing beside the shards."
