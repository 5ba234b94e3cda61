"""A version in the engine: its queue, and its model while it is resident."""

import time
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from catalog.types import VersionRef
from inference.engine.ticket import Ticket
from inference.runtimes.base import LoadedModel


class LaneState(Enum):
    """What a lane's thread is doing."""

    IDLE = "idle"
    QUEUED = "queued for its turn to load"
    LOADING = "loading"
    RUNNING = "running"


@dataclass(eq=False)
class Member:
    """One version of a lane. Everything here is guarded by the engine's lock."""

    ref: VersionRef
    base: "Member | None" = None
    waiting: deque[Ticket] = field(default_factory=deque)
    model: LoadedModel | None = None
    memory_bytes: int = 0
    adapters: int = 0
    must_leave: bool = False
    last_used: float = field(default_factory=time.perf_counter)
    batches: int = 0
    runs: int = 0

    @property
    def can_leave(self) -> bool:
        """Whether it holds memory that could be given up; a base waits for its adapters."""
        return self.model is not None and self.adapters == 0

    def settle_in(self, model: LoadedModel) -> None:
        """Become resident."""
        self.model, self.memory_bytes = model, model.memory_bytes
        if self.base is not None:
            self.base.adapters += 1

    def leave(self) -> int:
        """Stop being resident; returns the bytes given up."""
        model, freed = self.model, self.memory_bytes
        self.model, self.memory_bytes, self.must_leave = None, 0, False
        if self.base is not None:
            self.base.adapters -= 1
        if model is not None:
            model.close()
        return freed

    def touch(self) -> None:
        """Note that it, and so its base, was used just now."""
        self.last_used = time.perf_counter()
        if self.base is not None:
            self.base.touch()

    def take(self, most: int) -> list[Ticket]:
        """Take what waits, with at most ``most`` requests that still want an answer."""
        taken: list[Ticket] = []
        live = 0
        while self.waiting and live < most:
            taken.append(self.waiting.popleft())
            live += not taken[-1].is_over
        return taken

    def take_all(self) -> list[Ticket]:
        """Take everything that waits."""
        taken = list(self.waiting)
        self.waiting.clear()
        return taken
