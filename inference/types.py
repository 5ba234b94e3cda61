"""What passes through the inference doors, as plain Python."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """How the caller waits."""

    SYNC = "sync"
    ASYNC = "async"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where to report, and on which events (``start``, ``output``, ``logs``, ``completed``)."""

    url: str
    events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True)
class PredictionRequest:
    """One call as every door hands it to the service.

    ``model`` is ``owner/name``, optionally ``owner/name:version`` (a number or a digest,
    whole or its first twelve characters) or ``owner/name@channel``.
    """

    model: str
    input: dict[str, Any]
    mode: Mode = Mode.SYNC
    webhook: WebhookTarget | None = None
    max_cost_nano: int | None = None
    quote_id: str | None = None
    source: str = "api"
    request_id: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
