"""A request on its way through the engine."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from inference.engine.errors import TimedOut
from inference.runtimes.base import Json, RunRequest, RunResult


class Ticket:
    """One request, its future, its deadline and its times."""

    def __init__(
        self, request: RunRequest, timeout_s: float | None, run_timeout_s: float | None
    ) -> None:
        self.future: Future[RunResult] = Future()
        self.queued_at = time.perf_counter()
        self.deadline = None if timeout_s is None else self.queued_at + timeout_s
        self.run_timeout_s = run_timeout_s
        self.load_ms = 0.0
        self.has_emitted = False
        self._is_canceled = request.is_canceled
        emit = None if request.emit is None else self._noting(request.emit)
        self.request = replace(request, emit=emit, is_canceled=self.should_stop)

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.perf_counter() > self.deadline

    @property
    def is_over(self) -> bool:
        """Whether nobody wants an answer any more."""
        return self.future.cancelled() or self.should_stop()

    def should_stop(self) -> bool:
        """Tell the runtime whether to stop: canceled by the caller, or late."""
        return self.is_late or self._is_canceled()

    def begin(self) -> bool:
        """Claim the ticket for running; false when there is nothing left to run.

        Never called under the engine's lock: it may run what the caller hung on the future.
        """
        if not self.future.set_running_or_notify_cancel():
            return False
        if self.is_late:
            self.future.set_exception(TimedOut("The request waited longer than it may take."))
            return False
        if self._is_canceled():
            self.future.set_result(RunResult(None, {}, "canceled", self._timings(0.0)))
            return False
        if self.run_timeout_s is not None:
            latest = time.perf_counter() + self.run_timeout_s
            self.deadline = latest if self.deadline is None else min(self.deadline, latest)
        return True

    def finish(self, result: RunResult | Exception, run_ms: float, batch: int) -> None:
        """Hand the result, or the exception, to whoever waits; ``batch`` ran together."""
        if isinstance(result, Exception):
            self.future.set_exception(result)
        elif result.finish_reason == "canceled" and self.is_late and not self._is_canceled():
            self.future.set_exception(TimedOut("The request ran longer than it may take."))
        else:
            timings = result.timings_ms | self._timings(run_ms) | {"share": run_ms / batch}
            self.future.set_result(replace(result, timings_ms=timings))

    def refuse(self, error: Exception) -> None:
        """Fail a ticket that never ran."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)

    def _noting(self, emit: Callable[[Json], None]) -> Callable[[Json], None]:
        def note(piece: Json) -> None:
            self.has_emitted = True
            emit(piece)

        return note

    def _timings(self, run_ms: float) -> dict[str, float]:
        total = (time.perf_counter() - self.queued_at) * 1000
        queue = max(0.0, total - run_ms - self.load_ms)
        return {"queue": queue, "load": self.load_ms, "run": run_ms}
