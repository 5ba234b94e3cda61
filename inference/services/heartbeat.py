"""Renews the leases of this process's calls, and hears that one of them was canceled.

One thread with two statements for all calls, alive only while there are any.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection

from inference.services.claims import held, lease
from marketplace.core.clock import now

logger = logging.getLogger(__name__)
TICK_SECONDS = 1.0


@dataclass
class Watched:
    """A call of this process; ``stop`` is set when it is canceled or lost."""

    prediction_id: UUID
    attempt: int
    stop: threading.Event = field(default_factory=threading.Event)
    is_canceled: bool = False
    since: float = field(default_factory=time.monotonic)


class Heartbeat:
    """The calls that this process runs or waits for."""

    def __init__(self) -> None:
        self._watched: dict[UUID, Watched] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._renewed = 0.0

    def watch(self, prediction_id: UUID, attempt: int) -> Watched:
        """Keep a call's lease alive until ``forget``."""
        watched = Watched(prediction_id, attempt)
        with self._lock:
            self._watched[prediction_id] = watched
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._beat, name="stoa-heartbeat", daemon=True
                )
                self._thread.start()
        return watched

    def forget(self, watched: Watched) -> None:
        """Let a call's lease run out."""
        with self._lock:
            if self._watched.get(watched.prediction_id) is watched:
                del self._watched[watched.prediction_id]
            if not self._watched:
                self._wake.set()

    def cancel(self, prediction_id: UUID) -> None:
        """Stop a call of this process without waiting for the next beat."""
        with self._lock:
            watched = self._watched.get(prediction_id)
        if watched is not None:
            watched.is_canceled = True
            watched.stop.set()

    def _beat(self) -> None:
        while True:
            self._wake.wait(TICK_SECONDS)
            with self._lock:
                self._wake.clear()
                if not self._watched:
                    self._thread = None
                    return
                settled = time.monotonic() - TICK_SECONDS
                old = [one for one in self._watched.values() if one.since <= settled]
            if old:
                self._look_after(old)

    def _look_after(self, watched: list[Watched]) -> None:
        try:
            self._hear(watched)
            if time.monotonic() - self._renewed > lease().total_seconds() / 3:
                # Not beyond its deadline: a run that hangs must not keep its claim for ever.
                rows = held({one.prediction_id: one.attempt for one in watched})
                rows.filter(deadline_at__gt=now()).update(lease_until=now() + lease())
                self._renewed = time.monotonic()
        except (DatabaseError, InterfaceError) as error:
            # A lease outlives several beats; a claim that is really lost fails at its fence.
            logger.warning("Leases were not renewed this time: %s", type(error).__name__)
        finally:
            connection.close()

    def _hear(self, watched: list[Watched]) -> None:
        rows = held({one.prediction_id: one.attempt for one in watched})
        found = dict(rows.values_list("pk", "cancel_requested_at"))
        for one in watched:
            is_gone = one.attempt > 0 and one.prediction_id not in found
            one.is_canceled = one.is_canceled or found.get(one.prediction_id) is not None
            if is_gone or one.is_canceled:
                one.stop.set()


heartbeat = Heartbeat()
