"""Writes the files of a version so that equal content gives equal bytes."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from marketplace.storefront.importers.types import Pin, Provenance

Array = NDArray[Any]


def write_json(path: Path, content: Any) -> None:
    """Write JSON in the order given, for people to read."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_compact_json(path: Path, content: Any) -> None:
    """Write JSON in the order given, without spaces."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def write_tensors(target: Path, tensors: Mapping[str, Array]) -> None:
    """Write ``model.safetensors`` with the tensors sorted by name."""
    ordered = {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}
    save_file(ordered, target / "model.safetensors", metadata={"format": "pt"})


def write_notice(
    target: Path, provenance: Provenance, pins: tuple[Pin, ...], *, upstream: Path | None = None
) -> None:
    """Write ``NOTICE``: whose work this is, under which license, and what was changed.

    The notice that came with the work, ``upstream``, follows whole, as Apache-2.0 asks.
    """
    lines = [
        f"{provenance.source}, by {provenance.author}.",
        f"License: {provenance.license}.",
        f"Training data: {provenance.training_data}",
        f"Restrictions: {provenance.restrictions or 'none beyond the license.'}",
        f"Changes: {provenance.changes}",
        *(f"Taken from: {pin.url}" for pin in pins),
    ]
    text = "\n".join(lines) + "\n"
    if upstream is not None:
        text += "\n" + upstream.read_text(encoding="utf-8")
    (target / "NOTICE").write_text(text, encoding="utf-8")


def copy_license(target: Path, source: Path) -> None:
    """Put the license text that came with the work beside the weights."""
    shutil.copyfile(source, target / "LICENSE")
