"""Finds a runtime by the name that ``config.json`` carries, importing it on first use."""

import hashlib
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from inference.runtimes.base import BadModel, LoadedModel, Runtime

T = TypeVar("T")

RUNTIMES = {
    "causal-lm": "inference.runtimes.causal_lm.runtime.CausalLmRuntime",
    "causal-lm-lora": "inference.runtimes.causal_lm.runtime.CausalLmLoraRuntime",
    "detector": "inference.runtimes.detector.DetectorRuntime",
    "encoder": "inference.runtimes.encoder.EncoderRuntime",
    "forecaster": "inference.runtimes.forecaster.ForecasterRuntime",
    "image-classifier": "inference.runtimes.image_classifier.ImageClassifierRuntime",
    "linear-text": "inference.runtimes.linear_text.LinearTextRuntime",
    "speech-to-text": "inference.runtimes.speech.SpeechRuntime",
    "tabular-mlp": "inference.runtimes.tabular.TabularRuntime",
}


def names() -> tuple[str, ...]:
    """List the names of all runtimes in alphabetical order."""
    return tuple(sorted(RUNTIMES))


def runtime_named(name: str) -> type[Runtime]:
    """Import the runtime called ``name``; raises ``BadModel`` for an unknown one."""
    if name not in RUNTIMES:
        known = ", ".join(names())
        raise BadModel(f"config.json names the runtime {name!r}; this platform has {known}")
    return _subclass_at(RUNTIMES[name], Runtime)  # type: ignore[type-abstract]


def loader_of(runtime: type[Runtime]) -> type[LoadedModel]:
    """Import the class that loads versions of ``runtime``; this is where torch comes in."""
    return _subclass_at(runtime.loader, LoadedModel)  # type: ignore[type-abstract]


@cache
def runtime_digest() -> str:
    """Digest what serves a version: the sources of this package and the version of torch."""
    root = Path(__file__).parent
    digest = hashlib.sha256(_torch_version().encode())
    for source in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        content = source.read_bytes()
        digest.update(f"\n{source.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _torch_version() -> str:
    try:
        return version("torch")
    except PackageNotFoundError:
        return "absent"


def _subclass_at(path: str, parent: type[T]) -> type[T]:
    module, _, name = path.rpartition(".")
    found = getattr(import_module(module), name)
    if not (isinstance(found, type) and issubclass(found, parent)):
        raise TypeError(f"{path} is not a {parent.__name__}")
    return found
