"""Where calls run: in this process, or in workers. One setting chooses; callers cannot tell."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from time import monotonic
from typing import Protocol
from uuid import UUID

from django.conf import settings

from inference.dispatch.calls import wake_worker
from inference.dispatch.replies import hub
from inference.models import FINAL, Prediction, PredictionStatus
from inference.selectors.predictions import prediction_by_id
from inference.services.admission import Admitted
from inference.services.canceling import request_cancel
from inference.services.following import ending, follow
from inference.services.heartbeat import heartbeat
from inference.services.running import Run
from inference.types import Mode, StreamEvent, StreamKind

# How often a waiting process looks at the row, in case that a reply was lost.
POLL_SECONDS = 1.0
ENDS = (StreamKind.DONE, StreamKind.ERROR)


class Place(Protocol):
    """Runs an admitted call while its caller waits."""

    @property
    def runs_here(self) -> bool:
        """Whether the row is claimed by this process from the beginning."""

    def wait(self, admitted: Admitted, seconds: float) -> Prediction:
        """Return the finished prediction, or the running one when the time is over."""

    def events(self, admitted: Admitted) -> Iterator[StreamEvent]:
        """Yield the call's events; closing the iterator cancels the call."""


class Here:
    """The engine of this process."""

    runs_here = True

    def wait(self, admitted: Admitted, seconds: float) -> Prediction:
        """Return the finished prediction, or the running one when the time is over."""
        run = _run(admitted, streams=False)
        try:
            return run.finish(timeout_s=seconds) or prediction_by_id(run.prediction.pk)
        except TimeoutError:
            go_on_alone(run.prediction.pk)
            run.leave()
            return prediction_by_id(run.prediction.pk)

    def events(self, admitted: Admitted) -> Iterator[StreamEvent]:
        """Yield the call's events; closing the iterator cancels the call."""
        return HereEvents(_run(admitted, streams=bool(admitted.route.signature.get("streams"))))


def _run(admitted: Admitted, *, streams: bool) -> Run:
    return Run(admitted.prediction, admitted.route.version, admitted.limits, streams=streams)


class HereEvents:
    """The events of a run in this process. Closed before its end, it cancels the run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._is_settled = False
        self._events = self._make()

    def __iter__(self) -> Iterator[StreamEvent]:
        return self

    def __next__(self) -> StreamEvent:
        return next(self._events)

    def close(self) -> None:
        """Cancel what still runs and let it settle in the background."""
        self._events.close()
        if not self._is_settled:
            self._is_settled = True
            self._run.cancel()
            self._run.leave()

    def _make(self) -> Generator[StreamEvent, None, None]:
        yield StreamEvent(StreamKind.START, self._run.prediction)
        has_streamed = False
        for pieces in self._run.pieces():
            has_streamed = has_streamed or bool(pieces)
            yield from (StreamEvent(StreamKind.OUTPUT, piece=piece) for piece in pieces)
            if not pieces:
                yield StreamEvent(StreamKind.IDLE)
        self._is_settled = True
        final = self._run.finish() or prediction_by_id(self._run.prediction.pk)
        yield from ending(final, has_streamed=has_streamed)


class Workers:
    """Celery workers: the row waits, a message wakes one of them, replies come back."""

    runs_here = False

    def wait(self, admitted: Admitted, seconds: float) -> Prediction:
        """Return the finished prediction, or the running one when the time is over."""
        end, events = monotonic() + seconds, WorkerEvents(admitted)
        for event in events:
            if event.prediction is not None and event.prediction.is_final:
                events.detach()
                return event.prediction
            if monotonic() > end:
                break
        go_on_alone(admitted.prediction.pk)
        events.detach()
        return prediction_by_id(admitted.prediction.pk)

    def events(self, admitted: Admitted) -> Iterator[StreamEvent]:
        """Yield the call's events; closing the iterator cancels the call."""
        return WorkerEvents(admitted)


class WorkerEvents:
    """The events of a call in a worker. Closed before its end, it cancels the call."""

    def __init__(self, admitted: Admitted) -> None:
        self._id = admitted.prediction.pk
        self._is_over = False
        self._stack = ExitStack()
        inbox = self._stack.enter_context(hub.inbox(self._id))
        self._stack.callback(heartbeat.forget, heartbeat.watch(self._id, 0))
        wake_worker(self._id, queue=admitted.limits.queue, wants_replies=True)
        self._events = follow(self._id, inbox, poll_seconds=POLL_SECONDS)

    def __iter__(self) -> Iterator[StreamEvent]:
        return self

    def __next__(self) -> StreamEvent:
        event = next(self._events)
        if event.kind in ENDS:
            self.detach()
        return event

    def detach(self) -> None:
        """Stop following; the call goes on."""
        self._is_over = True
        self._stack.close()

    def close(self) -> None:
        """Cancel what still runs."""
        if not self._is_over:
            self.detach()
            request_cancel(self._id)


def go_on_alone(prediction_id: UUID) -> None:
    """Let a call whose caller stopped waiting live on as an asynchronous one."""
    Prediction.objects.filter(pk=prediction_id).exclude(status__in=FINAL).update(mode=Mode.ASYNC)
    waiting = Prediction.objects.filter(pk=prediction_id, status=PredictionStatus.STARTING)
    waiting.update(lease_until=None)


def place() -> Place:
    """Return where the settings say that calls run."""
    return Here() if settings.STOA_ENGINE == "embedded" else Workers()
