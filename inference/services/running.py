"""One claimed prediction on this process's engine: its pieces, and then its end."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connection

from catalog.selectors.routing import version_ref
from catalog.types import VersionRef
from inference.models import Prediction, PredictionPiece
from inference.runtimes.base import RunRequest, RunResult
from inference.selectors.deployments import Limits, limits_of
from inference.services.claims import Claim
from inference.services.engines import engine
from inference.services.heartbeat import heartbeat
from inference.services.outcomes import outcome_of
from inference.services.settlement import settle
from marketplace.core.canonical import without_nul
from marketplace.core.clock import now

logger = logging.getLogger(__name__)
FLUSH_SECONDS = 0.5
_END = object()
_background = ThreadPoolExecutor(4, thread_name_prefix="stoa-settle")


class Run:
    """A claimed prediction that runs here. End it with ``finish`` or ``leave``, once."""

    def __init__(self, prediction: Prediction, ref: VersionRef, limits: Limits, *, streams: bool):
        self.prediction = prediction
        self.attempt = prediction.attempt
        self._watched = heartbeat.watch(prediction.pk, prediction.attempt)
        self._mailbox: SimpleQueue[Any] = SimpleQueue()
        self._engine = engine()
        request = RunRequest(
            id=str(prediction.pk),
            input=prediction.input or {},
            emit=self._mailbox.put if streams else None,
            is_canceled=self._watched.stop.is_set,
        )
        self.future: Future[RunResult] = self._engine.submit(
            ref,
            request,
            timeout_s=seconds_left(prediction),
            run_timeout_s=limits.timeout_seconds,
        )
        self.future.add_done_callback(lambda _: self._mailbox.put(_END))

    @classmethod
    def of(cls, claim: Claim, *, streams: bool) -> "Run":
        """Run a claim with nothing but what the database knows."""
        row = claim.prediction
        return cls(row, version_ref(row.version), limits_of(row.listing_id), streams=streams)

    def pieces(self) -> Iterator[list[Any]]:
        """Yield what the output grows by, some pieces at a time; none of them while waiting."""
        recorder = PieceRecorder(self.prediction)
        is_over = False
        while not is_over:
            pieces = self._take()
            is_over = _END in pieces
            fresh = [without_nul(one) for one in pieces if one is not _END]
            recorder.add(fresh, is_last=is_over)
            yield fresh

    def _take(self) -> list[Any]:
        """Wait a little for a piece, and take those that came with it."""
        taken: list[Any] = []
        try:
            taken.append(self._mailbox.get(timeout=FLUSH_SECONDS))
            while True:
                taken.append(self._mailbox.get_nowait())
        except Empty:
            return taken

    def cancel(self) -> None:
        """Ask the runtime to stop at its next step."""
        self._watched.is_canceled = True
        self._watched.stop.set()

    def finish(self, *, timeout_s: float | None = None) -> Prediction | None:
        """Wait for the end and settle it; ``None`` when the claim has passed on.

        Raises ``TimeoutError`` when the run is not over in time; then it still goes on.
        """
        wait([self.future], timeout_s)
        if not self.future.done():
            raise TimeoutError
        error = self.future.exception()
        result = self.future.result() if error is None else error
        assert isinstance(result, RunResult | Exception)
        try:
            return settle(
                self.prediction.pk,
                self.attempt,
                outcome_of(result, device=self._engine.device_name),
            )
        finally:
            heartbeat.forget(self._watched)

    def leave(self) -> None:
        """Settle in the background once the run is over; nobody waits for it here."""
        self.future.add_done_callback(lambda _: _background.submit(self._finish_alone))

    def _finish_alone(self) -> None:
        try:
            self.finish()
        except Exception:
            logger.exception("Prediction %s was not settled", self.prediction.pk)
        finally:
            connection.close()


def seconds_left(prediction: Prediction) -> float | None:
    """Return how long a prediction may still take."""
    if prediction.deadline_at is None:
        return None
    return max(0.0, (prediction.deadline_at - now()).total_seconds())


class PieceRecorder:
    """Writes pieces a few times a second, for those who follow from another process."""

    def __init__(self, prediction: Prediction) -> None:
        self._prediction = prediction
        self._pieces: list[Any] = []
        self._sequence = 0
        self._flushed_at = time.monotonic()

    def add(self, pieces: list[Any], *, is_last: bool) -> None:
        """Keep pieces, and write what was kept when it is time."""
        self._pieces += pieces
        is_time = is_last or time.monotonic() - self._flushed_at >= FLUSH_SECONDS
        if not is_time or not self._pieces:
            return
        PredictionPiece.objects.create(
            prediction=self._prediction,
            attempt=self._prediction.attempt,
            sequence=self._sequence,
            content=self._pieces,
        )
        self._flushed_at, self._pieces = time.monotonic(), []
        self._sequence += 1
