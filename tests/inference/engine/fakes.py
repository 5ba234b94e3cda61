"""A runtime without weights: says what it was asked, waits when told, fails on demand."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from catalog.types import VersionRef
from inference.runtimes.base import LoadedModel, RunRequest, RunResult

MIB = 1 << 20


class FakeModel(LoadedModel):
    """Echoes ``text``. Inputs may ask it to ``hold``, ``fail``, ``emit`` or run ``forever``."""

    def __init__(self, desk: "FakeLoader", ref: VersionRef, base: "LoadedModel | None") -> None:
        self.desk, self.ref, self.base = desk, ref, base
        self.max_batch = desk.max_batch
        self.threads: set[int] = set()

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        raise NotImplementedError

    @property
    def memory_bytes(self) -> int:
        return self.desk.size_of.get(self.ref.digest, 10 * MIB)

    def close(self) -> None:
        self.desk.closed.append(self.ref.digest)

    def run(self, batch: Sequence[RunRequest]) -> list[RunResult | Exception]:
        self.threads.add(threading.get_ident())
        self.desk.batches.append((self.ref.digest, [one.id for one in batch]))
        for request in batch:
            if request.input.get("break"):
                raise ValueError("the whole batch broke")
        return [self._one(request) for request in batch]

    def _one(self, request: RunRequest) -> RunResult | Exception:
        if request.input.get("hold"):
            self.desk.running.set()
            assert self.desk.gate.wait(10)
        while request.input.get("forever"):
            self.desk.running.set()
            if request.is_canceled():
                return RunResult("so far", {"requests": 1}, "canceled")
            time.sleep(0.005)
        if request.emit is not None:
            request.emit("piece")
        if request.input.get("fail"):
            return KeyError("this one failed")
        return RunResult(request.input.get("text"), {"requests": 1})


class FakeLoader:
    """Makes ``FakeModel``s and remembers what happened to them."""

    def __init__(self, *, max_batch: int = 8, size_of: dict[str, int] | None = None) -> None:
        self.max_batch = max_batch
        self.size_of = size_of or {}
        self.loaded: list[str] = []
        self.closed: list[str] = []
        self.batches: list[tuple[str, list[str]]] = []
        self.failures: dict[str, Exception] = {}
        self.gate, self.running = threading.Event(), threading.Event()

    def __call__(
        self, ref: VersionRef, folder: Path, device: str, base: LoadedModel | None
    ) -> LoadedModel:
        if failure := self.failures.get(ref.digest):
            raise failure
        self.loaded.append(ref.digest)
        return FakeModel(self, ref, base)


def ref(name: str, base: VersionRef | None = None) -> VersionRef:
    """Return a version whose digest is its name."""
    return VersionRef(id=name, digest=name, runtime="fake", files=(), base=base)


def asking(text: str = "hello", **more: object) -> RunRequest:
    """Return a request that the fake answers with ``text``."""
    return RunRequest(id=text, input={"text": text, **more})
