"""Server-sent events: the wire form of a prediction's stream."""

import json
import time
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.renderers import JSONRenderer

from inference.models import Prediction
from inference.selectors.documents import prediction_document
from inference.types import StreamEvent, StreamKind

CONTENT_TYPE = "text/event-stream"
# Often enough to keep proxies patient, and to notice soon that nobody listens any more.
COMMENT_SECONDS = 5.0


class EventStreamRenderer(JSONRenderer):
    """Lets a client ask for events; what is refused instead of streamed is JSON all the same."""

    media_type = CONTENT_TYPE
    format = "events"


class WireEvents:
    """Turns events into bytes; closed early, it closes their source, which cancels the call."""

    def __init__(self, events: Iterator[StreamEvent]) -> None:
        self._events = events
        self._spoke_at = time.monotonic()

    def __iter__(self) -> Iterator[bytes]:
        for event in self._events:
            if event.kind is not StreamKind.IDLE:
                yield encode(event)
            elif time.monotonic() - self._spoke_at > COMMENT_SECONDS:
                yield b": waiting\n\n"
            else:
                continue
            self._spoke_at = time.monotonic()

    def close(self) -> None:
        """Called by the server when the answer ends, however it ends."""
        close = getattr(self._events, "close", None)
        if close is not None:
            close()


def encode(event: StreamEvent) -> bytes:
    """Write one event."""
    data = json.dumps(_data(event), separators=(",", ":"))
    return f"event: {event.kind}\ndata: {data}\n\n".encode()


def _data(event: StreamEvent) -> Any:
    if event.prediction is None:
        return event.piece
    if event.kind is StreamKind.START:
        return prediction_document(event.prediction, is_whole=False)
    document = prediction_document(event.prediction)
    if event.kind is StreamKind.ERROR:
        return {**(event.prediction.error or {}), "prediction": document}
    return document


def event_stream(
    events: Iterator[StreamEvent], prediction: Prediction | None = None
) -> StreamingHttpResponse:
    """Return the answer that sends events as they happen."""
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    if prediction is not None:
        headers["Stoa-Prediction-Id"] = str(prediction.pk)
        headers["Stoa-Version-Digest"] = prediction.version_digest
    return StreamingHttpResponse(WireEvents(events), content_type=CONTENT_TYPE, headers=headers)
