"""What passes through the inference doors, as plain Python."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core.errors import Fault

if TYPE_CHECKING:
    from inference.models import Prediction


WEBHOOK_EVENTS = ("start", "completed")


class Mode(StrEnum):
    """How the caller waits."""

    SYNC = "sync"
    ASYNC = "async"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where to report, and on which events: ``start``, ``completed``."""

    url: str
    events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True)
class PredictionRequest:
    """One call as every door hands it to the service.

    ``model`` is ``owner/name``, optionally ``owner/name:version`` (a number or a digest,
    whole or its first twelve characters) or ``owner/name@channel``. ``wait_seconds`` bounds
    how long a synchronous call waits, within what the deployment allows. ``identity`` is the
    id the prediction gets: a repeated request with the same one finds the first's prediction.
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
    wait_seconds: float | None = None
    identity: UUID | None = None


class StreamKind(StrEnum):
    """The events of a stream; the last is ``done`` or ``error``.

    ``idle`` says that nothing happened for a moment, so that a door can show that it lives.
    """

    IDLE = "idle"
    START = "start"
    OUTPUT = "output"
    DONE = "done"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event: ``output`` carries a piece, the others the prediction as it is then."""

    kind: StreamKind
    prediction: "Prediction | None" = None
    piece: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a prediction failed, and who has to act for the next one to succeed."""

    code: str
    detail: str
    fault: Fault
    field: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the form kept with the prediction and shown to the caller."""
        shown = {"code": self.code, "detail": self.detail, "fault": str(self.fault)}
        return {**shown, "field": self.field} if self.field else shown


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: ``succeeded``, ``failed`` or ``canceled``, and what it gave."""

    status: str
    output: Any = None
    output_digest: str = ""
    failure: Failure | None = None
    usage: dict[str, int] = field(default_factory=dict)
    finish_reason: str = ""
    timings_ms: dict[str, float] = field(default_factory=dict)
    device: str = ""


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What a confined process found in a version's folder.

    ``stage`` is where it stopped: ``start``, ``signature``, ``load``, ``run``, ``output``
    or ``done``. ``signature`` is the version's as the catalog keeps it.
    """

    passed: bool
    stage: str
    reason: str = ""
    signature: dict[str, Any] = field(default_factory=dict)
    output: Any = None
    usage: dict[str, int] = field(default_factory=dict)
    memory_bytes: int = 0
    load_ms: float = 0.0
    run_ms: float = 0.0
    peak_mb: int = 0
    is_network_cut: bool = False
