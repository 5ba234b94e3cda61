"""The memory that resident models share: who may come in, and who leaves for them."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from inference.engine.errors import EngineFull, ModelTooLarge
from inference.engine.member import LaneState, Member
from inference.runtimes.base import LoadedModel

if TYPE_CHECKING:
    from inference.engine.lane import Lane


class Room:
    """A budget of bytes. Loads happen one after the other, so that two never wait for
    each other's memory."""

    def __init__(
        self, budget_bytes: int, lock: threading.Lock, give_back: Callable[[], None]
    ) -> None:
        self.budget_bytes = budget_bytes
        self.give_back = give_back
        self.used_bytes = 0
        self.load_turn = threading.Lock()
        self.lanes: Callable[[], Iterable[Lane]] = tuple
        self._lock = lock
        self._changed = threading.Condition(lock)

    def make_room(self, needed: int, *, by: "Lane", keep: set[Member], patience_s: float) -> None:
        """Unload the least recently used models until ``needed`` bytes fit.

        A model in use leaves at the end of its batch. Called by the lane whose turn to load
        it is. Raises ``ModelTooLarge`` and ``EngineFull``.
        """
        kept = sum(member.memory_bytes for member in keep)
        if needed + kept > self.budget_bytes:
            raise ModelTooLarge(
                f"The model needs {_mib(needed + kept)} MiB and the engine may use "
                f"{_mib(self.budget_bytes)} MiB (STOA_ENGINE_MEMORY_MB)."
            )
        freed = 0
        with self._lock:
            while self.used_bytes + needed > self.budget_bytes:
                freed += self._free_one(by, keep, patience_s)
        if freed:
            self.give_back()

    def _free_one(self, by: "Lane", keep: set[Member], patience_s: float) -> int:
        lane, victim = self._victim(keep)
        if lane is not by and lane.state is LaneState.RUNNING:
            victim.must_leave = True
            if not self._changed.wait(patience_s):
                raise EngineFull("The models in use did not leave memory in time.")
            return 0
        freed = self.unload(victim)
        lane.has_work.notify()  # so that a thread with nothing left ends
        return freed

    def _victim(self, keep: set[Member]) -> "tuple[Lane, Member]":
        candidates = [
            (lane, member)
            for lane in self.lanes()
            for member in lane.members.values()
            if member.can_leave and member not in keep
        ]
        if not candidates:
            raise EngineFull("Nothing can leave the engine's memory.")
        return min(candidates, key=lambda one: (bool(one[1].waiting), one[1].last_used))

    def admit(self, member: Member, model: LoadedModel) -> None:
        """Count a model that has just been loaded; the caller holds the lock."""
        member.settle_in(model)
        self.used_bytes += member.memory_bytes

    def unload(self, member: Member) -> int:
        """Drop a model; the caller holds the lock and knows that it is not running."""
        freed = member.leave()
        self.used_bytes -= freed
        self.note_change()
        return freed

    def note_change(self) -> None:
        """Wake a lane that waits for memory; the caller holds the lock."""
        self._changed.notify_all()


def _mib(number: int) -> int:
    return -(-number // (1 << 20))
