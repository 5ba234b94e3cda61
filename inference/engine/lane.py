"""The thread of a base and its adapters: loads them, batches their requests, runs them.

A runtime's objects are used by one thread at a time, and adapters share their base's
weights; so a whole family lives on one thread.
"""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from catalog.types import VersionRef
from inference.engine.errors import EngineClosed, LoadFailed
from inference.engine.loading import Loader, chain_of
from inference.engine.member import LaneState, Member
from inference.engine.memory import estimate_bytes
from inference.engine.room import Room
from inference.engine.ticket import Ticket
from inference.runtimes.base import RunResult

MEMORY_PATIENCE_S = 30.0


class Lane(threading.Thread):
    """Serves one family of versions until all of it has left memory."""

    def __init__(
        self,
        *,
        lock: threading.Lock,
        room: Room,
        folder_of: Callable[[VersionRef], Path],
        loader: Loader,
        device: str,
        prepare: Callable[[], None],
        forget: Callable[[], None],
        remember: Callable[[LoadFailed], None],
    ) -> None:
        super().__init__(name="stoa-engine", daemon=True)
        self.members: dict[str, Member] = {}
        self.state = LaneState.IDLE
        self.is_closing = False
        self.lock = lock
        self.has_work = threading.Condition(lock)
        self.room, self.folder_of, self.loader = room, folder_of, loader
        self.device = device
        self.prepare, self.forget, self.remember = prepare, forget, remember

    def enqueue(self, ref: VersionRef, ticket: Ticket) -> None:
        """Add a request; the caller holds the lock."""
        self._member(ref).waiting.append(ticket)
        self.has_work.notify()

    def _member(self, ref: VersionRef) -> Member:
        member = None
        for one in chain_of(ref):
            member = self.members.setdefault(one.digest, Member(one, base=member))
        assert member is not None
        return member

    def run(self) -> None:
        while (member := self._next()) is not None:
            try:
                loaded_ms = self._load(member)
            except Exception as error:  # whatever a folder or a runtime raises is reported
                self._fail(member, error)
            else:
                self._run_batch(member, loaded_ms)
            with self.lock:
                self.state = LaneState.IDLE
                self._let_go()
        self._end()

    def _next(self) -> Member | None:
        """Wait for work; ``None`` when this thread has nothing left to live for."""
        with self.lock:
            while True:
                waiting = [one for one in self.members.values() if one.waiting]
                if self.is_closing or (not waiting and self._is_empty()):
                    self.forget()
                    return None
                if waiting:
                    self.state = LaneState.QUEUED
                    return min(waiting, key=lambda one: one.waiting[0].queued_at)
                self.has_work.wait()

    def _is_empty(self) -> bool:
        return all(one.model is None for one in self.members.values())

    def _end(self) -> None:
        with self.lock:
            left = [ticket for one in self.members.values() for ticket in one.take_all()]
            while leaving := [one for one in self.members.values() if one.can_leave]:
                for member in leaving:
                    self.room.unload(member)
        for ticket in left:
            ticket.refuse(EngineClosed("The engine is shutting down."))

    def _let_go(self) -> None:
        """Unload what another lane needs the memory of; the caller holds the lock."""
        for member in list(self.members.values()):
            if member.must_leave and member.can_leave:
                self.room.unload(member)
        self.room.note_change()

    def _load(self, member: Member) -> float:
        """Make a version resident, its base first; returns the milliseconds it took."""
        with self.lock:
            if member.model is not None:
                self.state = LaneState.RUNNING
                return 0.0
        started = time.perf_counter()
        self.prepare()
        chain = [self.members[one.digest] for one in chain_of(member.ref)]
        folders = {one: self.folder_of(one.ref) for one in chain if one.model is None}
        with self.room.load_turn:
            with self.lock:
                self.state = LaneState.LOADING
            for one in chain:
                if one.model is None:
                    self._load_one(one, folders.get(one) or self.folder_of(one.ref), set(chain))
            self.room.give_back()  # what reading and converting the weights took
            with self.lock:
                self.state = LaneState.RUNNING
        return (time.perf_counter() - started) * 1000

    def _load_one(self, member: Member, folder: Path, chain: set[Member]) -> None:
        make_room = self.room.make_room
        make_room(estimate_bytes(folder), by=self, keep=chain, patience_s=MEMORY_PATIENCE_S)
        base = member.base.model if member.base is not None else None
        model = self.loader(member.ref, folder, self.device, base)
        with self.lock:
            self.room.admit(member, model)
            member.touch()
        try:
            make_room(0, by=self, keep=chain, patience_s=MEMORY_PATIENCE_S)
        except Exception:
            with self.lock:
                self.room.unload(member)
            raise

    def _fail(self, member: Member, error: Exception) -> None:
        failure = LoadFailed(member.ref.digest, error)
        with self.lock:
            self.remember(failure)
            left = member.take_all()
        for ticket in left:
            ticket.refuse(failure)

    def _run_batch(self, member: Member, loaded_ms: float) -> None:
        model = member.model
        assert model is not None
        with self.lock:
            taken = member.take(model.max_batch)
            member.touch()
        batch = [ticket for ticket in taken if ticket.begin()]
        if not batch:
            return
        member.batches += 1
        member.runs += len(batch)
        started = time.perf_counter()
        results = self._results(member, batch)
        run_ms = (time.perf_counter() - started) * 1000
        for ticket, result in zip(batch, results, strict=True):
            ticket.load_ms = min(loaded_ms, (started - ticket.queued_at) * 1000)
            ticket.finish(result, run_ms, len(batch))

    def _results(self, member: Member, batch: Sequence[Ticket]) -> list[RunResult | Exception]:
        """Run a batch; when it fails as a whole, each request gets a try of its own."""
        assert member.model is not None
        try:
            results = member.model.run([ticket.request for ticket in batch])
            if len(results) != len(batch):
                raise RuntimeError(f"{member.ref.runtime} gave {len(results)} for {len(batch)}")
        except Exception as error:  # a runtime's failure is its caller's answer
            if len(batch) == 1:
                return [error]
            return [error if one.has_emitted else self._results(member, [one])[0] for one in batch]
        return results
