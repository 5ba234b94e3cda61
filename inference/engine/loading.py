"""Turns a folder into a resident model by the runtime that its version names."""

from collections.abc import Callable
from pathlib import Path

from catalog.types import VersionRef
from inference.runtimes.base import LoadedModel
from inference.runtimes.registry import loader_of, runtime_named

Loader = Callable[[VersionRef, Path, str, LoadedModel | None], LoadedModel]


def load_version(
    ref: VersionRef, folder: Path, device: str, base: LoadedModel | None
) -> LoadedModel:
    """Load a version onto ``device``; raises ``BadModel``."""
    return loader_of(runtime_named(ref.runtime)).load(folder, device=device, base=base)


def chain_of(ref: VersionRef) -> list[VersionRef]:
    """Return a version and its bases, the root first."""
    chain = [ref]
    while chain[-1].base is not None:
        chain.append(chain[-1].base)
    return chain[::-1]
