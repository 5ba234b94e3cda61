"""Follows a prediction that runs in another process: its row is the truth, replies are hints."""

from collections.abc import Iterator
from uuid import UUID

from inference.dispatch.messages import Reply
from inference.dispatch.replies import Inbox
from inference.models import Prediction, PredictionStatus
from inference.selectors.predictions import pieces_after, prediction_by_id
from inference.types import StreamEvent, StreamKind

POLL_SECONDS = 0.5


class NoInbox(Inbox):
    """Of a process that only looks at the row."""


def follow(
    prediction_id: UUID, inbox: Inbox | None = None, *, poll_seconds: float = POLL_SECONDS
) -> Iterator[StreamEvent]:
    """Yield the events of a prediction from its beginning, until it is final."""
    inbox = inbox or NoInbox()
    seen, has_started = 0, False
    while True:
        reply = inbox.get(0 if not has_started and isinstance(inbox, NoInbox) else poll_seconds)
        fresh = _pieces_of(reply, seen) if has_started else []
        if fresh:
            seen += len(fresh)
            yield from (StreamEvent(StreamKind.OUTPUT, piece=piece) for piece in fresh)
            continue
        row = prediction_by_id(prediction_id)
        if not has_started and row.status != PredictionStatus.STARTING:
            has_started = True
            yield StreamEvent(StreamKind.START, row)
        for piece in pieces_after(row, seen):
            seen += 1
            yield StreamEvent(StreamKind.OUTPUT, piece=piece)
        if row.is_final:
            yield from ending(row, has_streamed=seen > 0)
            return
        yield StreamEvent(StreamKind.IDLE)


def ending(prediction: Prediction, *, has_streamed: bool) -> Iterator[StreamEvent]:
    """Yield the last events: the whole output where it did not come in pieces, then the end."""
    if not has_streamed and prediction.output is not None:
        yield StreamEvent(StreamKind.OUTPUT, piece=prediction.output)
    has_failed = prediction.status == PredictionStatus.FAILED
    yield StreamEvent(StreamKind.ERROR if has_failed else StreamKind.DONE, prediction)


def _pieces_of(reply: Reply | None, seen: int) -> list[object]:
    """Return a reply's pieces when they are the next ones; else the row's are read."""
    if reply is None or reply.event != "pieces" or reply.first != seen:
        return []
    return list(reply.pieces)
