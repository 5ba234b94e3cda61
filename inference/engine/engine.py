"""The engine's face: submit a request for a version, get a future."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from catalog.types import VersionRef
from inference.engine.device import (
    choose_device,
    describe_device,
    empty_device_cache,
    limit_threads,
)
from inference.engine.errors import EngineBusy, EngineClosed, EngineFull, LoadFailed
from inference.engine.lane import Lane
from inference.engine.loading import Loader, chain_of, load_version
from inference.engine.memory import give_back
from inference.engine.room import Room
from inference.engine.ticket import Ticket
from inference.runtimes.base import RunRequest, RunResult

FAILURE_MEMORY_S = 10.0
MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Resident:
    """A version in memory: its size without its base, its use, and what waits for it."""

    digest: str
    runtime: str
    base_digest: str | None
    device: str
    memory_bytes: int
    idle_seconds: float
    waiting: int
    batches: int
    runs: int


class Engine:
    """Loads versions on first use, coalesces their requests, unloads the least recently used.

    ``folder_of`` gives the verified folder of a version and may raise whatever it wants: it
    comes back as the reason of ``LoadFailed``.
    """

    def __init__(
        self,
        *,
        memory_bytes: int,
        folder_of: Callable[[VersionRef], Path],
        device: str = "auto",
        threads: int = 1,
        loader: Loader = load_version,
        failure_memory_s: float = FAILURE_MEMORY_S,
    ) -> None:
        self._lock = threading.Lock()
        self._lanes: dict[str, Lane] = {}
        self._room = Room(memory_bytes, self._lock, self._give_back)
        self._room.lanes = self._lanes.values
        self._failures: dict[str, tuple[float, LoadFailed]] = {}
        self._failure_memory_s = failure_memory_s
        self._folder_of, self._loader, self._threads = folder_of, loader, threads
        self._is_closed = False
        self.device = choose_device(device)
        self.device_name = describe_device(self.device)

    @property
    def used_bytes(self) -> int:
        """Bytes of all resident models."""
        return self._room.used_bytes

    def submit(
        self,
        ref: VersionRef,
        request: RunRequest,
        *,
        timeout_s: float | None = None,
        run_timeout_s: float | None = None,
    ) -> Future[RunResult]:
        """Queue a request for a version; the future holds its result or why there is none.

        ``timeout_s`` counts from now, ``run_timeout_s`` from when the run begins.

        Exceptions in the future: what the runtime raised for this request, ``LoadFailed``,
        ``TimedOut``, ``EngineBusy``, ``EngineClosed``.
        """
        ticket = Ticket(request, timeout_s, run_timeout_s)
        with self._lock:
            refusal = self._refusal(ref)
            if refusal is None:
                self._lane(ref).enqueue(ref, ticket)
        if refusal is not None:
            ticket.refuse(refusal)
        return ticket.future

    def _refusal(self, ref: VersionRef) -> Exception | None:
        if self._is_closed:
            return EngineClosed("The engine is shutting down.")
        until, failure = self._failures.get(ref.digest, (0.0, None))
        if failure is not None and time.monotonic() < until:
            return failure
        lane = self._lanes.get(chain_of(ref)[0].digest)
        member = lane.members.get(ref.digest) if lane else None
        if member is not None and len(member.waiting) >= MOST_WAITING:
            return EngineBusy(f"{MOST_WAITING} requests wait for this version already.")
        return None

    def _lane(self, ref: VersionRef) -> Lane:
        root = chain_of(ref)[0].digest
        lane = self._lanes.get(root)
        if lane is None:
            lane = Lane(
                lock=self._lock,
                room=self._room,
                folder_of=self._folder_of,
                loader=self._loader,
                device=self.device,
                prepare=lambda: limit_threads(self._threads),
                forget=lambda: self._forget(root),
                remember=self._remember,
            )
            self._lanes[root] = lane
            lane.start()
        return lane

    def _forget(self, root: str) -> None:
        self._lanes.pop(root, None)

    def _remember(self, failure: LoadFailed) -> None:
        if isinstance(failure.reason, EngineFull):
            return
        moment = time.monotonic()
        self._failures = {key: one for key, one in self._failures.items() if one[0] > moment}
        self._failures[failure.digest] = (moment + self._failure_memory_s, failure)

    def _give_back(self) -> None:
        give_back()
        empty_device_cache(self.device)

    def residents(self) -> list[Resident]:
        """List what is in memory, the most recently used first."""
        moment = time.perf_counter()
        with self._lock:
            members = [
                member
                for lane in self._lanes.values()
                for member in lane.members.values()
                if member.model is not None
            ]
            members.sort(key=lambda member: member.last_used, reverse=True)
            return [
                Resident(
                    digest=member.ref.digest,
                    runtime=member.ref.runtime,
                    base_digest=member.ref.base.digest if member.ref.base else None,
                    device=self.device,
                    memory_bytes=member.memory_bytes,
                    idle_seconds=moment - member.last_used,
                    waiting=len(member.waiting),
                    batches=member.batches,
                    runs=member.runs,
                )
                for member in members
            ]

    def close(self, *, timeout_s: float = 30.0) -> None:
        """Refuse new requests, fail those that wait, let batches end, drop every model."""
        with self._lock:
            self._is_closed = True
            lanes = list(self._lanes.values())
            for lane in lanes:
                lane.is_closing = True
                lane.has_work.notify()
        deadline = time.monotonic() + timeout_s
        for lane in lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        empty_device_cache(self.device)
