"""The engine of this process: made on first use, and only where models are to run."""

import os
import threading
from dataclasses import dataclass

from django.conf import settings

from inference.artifacts import materialize
from inference.engine import Engine

MIB = 1 << 20


@dataclass
class _Slot:
    """The engine and the process that made it; a forked child must not use its parent's."""

    engine: Engine | None = None
    process: int = 0


_slot = _Slot()
_lock = threading.Lock()


def engine() -> Engine:
    """Return this process's engine."""
    with _lock:
        if _slot.engine is None or _slot.process != os.getpid():
            _slot.engine, _slot.process = _make(), os.getpid()
        return _slot.engine


def stop_engine(*, timeout_s: float = 30.0) -> None:
    """Let running batches end and drop every model; a later call starts afresh."""
    with _lock:
        stopping, _slot.engine = _slot.engine, None
        is_ours = _slot.process == os.getpid()
    if stopping is not None and is_ours:
        stopping.close(timeout_s=timeout_s)


def _make() -> Engine:
    return Engine(
        memory_bytes=settings.STOA_ENGINE_MEMORY_MB * MIB,
        folder_of=materialize,
        device=settings.STOA_DEVICE,
        threads=settings.STOA_ENGINE_THREADS,
    )
