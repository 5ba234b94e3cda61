"""The contract of every runtime: plain Python and torch, no Django.

A runtime is platform-owned code that serves one architecture. An author uploads data
only (``model.safetensors``, ``config.json`` and what the architecture needs beside them);
``config.json`` names the runtime under ``"runtime"``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

Json = Any
Schema = dict[str, Any]


class RuntimeRefusal(Exception):
    """The caller's input cannot be run; ``field`` is its dotted path (``messages.0.content``)."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class BadModel(Exception):
    """The files of a version cannot be served; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a version takes and gives, read from its files without loading weights.

    ``input_schema`` and ``output_schema`` are JSON Schema 2020-12 objects; ``meters`` names
    the measured quantities of a run (``input_tokens``, ``output_tokens``, ``requests``,
    ``images``, ``audio_ms``); ``example`` is an input that runs.
    """

    task: str
    input_schema: Schema
    output_schema: Schema
    meters: tuple[str, ...]
    example: dict[str, Json]
    streams: bool = False


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One call. ``emit`` receives pieces of a streamed output as they are made."""

    id: str
    input: Mapping[str, Json]
    emit: Callable[[Json], None] | None = None
    is_canceled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class RunResult:
    """The output of one call and its measured usage, in the meters of the signature.

    ``finish_reason`` is ``stop``, ``length`` or ``canceled``; ``timings_ms`` may hold
    ``first_output`` and ``compute``.
    """

    output: Json
    usage: dict[str, int]
    finish_reason: str = "stop"
    timings_ms: dict[str, float] = field(default_factory=dict)


class LoadedModel(ABC):
    """A version resident in memory. Used by one thread at a time."""

    max_batch: int = 1

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, *, device: str, base: "LoadedModel | None" = None) -> Self:
        """Load the files of a version onto ``device`` (``cpu`` or ``cuda``).

        ``base`` is the resident base of an adapter. Raises ``BadModel``.
        """

    @abstractmethod
    def run(self, batch: Sequence[RunRequest]) -> list[RunResult | Exception]:
        """Run a batch of at most ``max_batch``; one result, or one exception, per request."""

    @property
    @abstractmethod
    def memory_bytes(self) -> int:
        """Bytes held by the weights and buffers of this model, without those of its base."""

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Give back what is held outside this object, such as an adapter's slot on its base."""


class Runtime(ABC):
    """One architecture: reads a folder's signature without torch, and names its loader."""

    name: ClassVar[str]
    loader: ClassVar[str]
    required_files: ClassVar[tuple[str, ...]] = ("config.json", "model.safetensors")
    optional_files: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def signature(cls, folder: Path) -> Signature:
        """Read the signature of the version in ``folder``; raises ``BadModel``."""
