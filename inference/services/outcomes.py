"""Says what a run came to: its output made storable, or why there is none and whose move it is."""

import logging
import traceback
from typing import Any

from inference.artifacts import MissingArtifact, TamperedArtifact
from inference.engine import (
    EngineBusy,
    EngineError,
    EngineFull,
    LoadFailed,
    ModelTooLarge,
    TimedOut,
)
from inference.models import PredictionStatus
from inference.runtimes.base import BadModel, RunResult, RuntimeRefusal
from inference.types import Failure, Outcome
from marketplace.core.canonical import canonical_json, json_digest, without_nul
from marketplace.core.errors import Fault

logger = logging.getLogger(__name__)

TAMPERED = Failure(
    "inference.artifact_tampered",
    "The model's files are not the signed ones; they were not loaded. You pay nothing.",
    Fault.PLATFORM,
)
MISSING = Failure(
    "inference.artifact_missing",
    "The model's files could not be fetched from the artifact store. You pay nothing.",
    Fault.PLATFORM,
)
TOO_LARGE = Failure(
    "inference.model_too_large",
    "The model needs more memory than these workers may use. You pay nothing.",
    Fault.PLATFORM,
)
NO_ROOM = Failure(
    "inference.out_of_capacity",
    "No memory or place was left for the call; try again shortly. You pay nothing.",
    Fault.PLATFORM,
)
CRASHED = Failure(
    "inference.crashed",
    "The run failed inside the platform; it was reported. You pay nothing.",
    Fault.PLATFORM,
)
TIMED_OUT = Failure(
    "inference.timed_out",
    "The run took longer than the model may take. You pay nothing.",
    Fault.PLATFORM,
)
UNUSABLE_OUTPUT = Failure(
    "inference.unusable_output",
    "The model gave values that JSON cannot hold. You pay nothing.",
    Fault.AUTHOR,
)
GAVE_UP = Failure(
    "inference.gave_up",
    "The call was started several times and its workers died each time. You pay nothing.",
    Fault.PLATFORM,
)
EXPIRED = Failure(
    "inference.expired",
    "No worker finished the call before its deadline. You pay nothing.",
    Fault.PLATFORM,
)
INTERRUPTED = Failure(
    "inference.interrupted",
    "The process that ran the call ended; repeat the call. You pay nothing.",
    Fault.PLATFORM,
)
BY_REASON: tuple[tuple[type[Exception], Failure], ...] = (
    (TamperedArtifact, TAMPERED),
    (MissingArtifact, MISSING),
    (ModelTooLarge, TOO_LARGE),
    (EngineFull, NO_ROOM),
    (EngineBusy, NO_ROOM),
    (TimedOut, TIMED_OUT),
    (EngineError, NO_ROOM),
)


def outcome_of(result: RunResult | Exception, *, device: str) -> Outcome:
    """Turn what the engine gave into what is settled."""
    if isinstance(result, Exception):
        return failed(failure_of(result), device=device)
    try:
        output, digest = storable(result.output)
    except (ValueError, TypeError, RecursionError):
        return failed(UNUSABLE_OUTPUT, device=device)
    is_canceled = result.finish_reason == "canceled"
    return Outcome(
        status=PredictionStatus.CANCELED if is_canceled else PredictionStatus.SUCCEEDED,
        output=output,
        output_digest=digest,
        usage=_usage(result),
        finish_reason=result.finish_reason,
        timings_ms={name: round(value, 3) for name, value in result.timings_ms.items()},
        device=device,
    )


def failed(failure: Failure, *, device: str = "") -> Outcome:
    """Return the outcome of a run that gave nothing."""
    return Outcome(status=PredictionStatus.FAILED, failure=failure, device=device)


def failure_of(error: Exception) -> Failure:
    """Say who has to act; what nobody expected is logged, without the caller's data."""
    reason = error.reason if isinstance(error, LoadFailed) else error
    if isinstance(reason, RuntimeRefusal):
        field = f"input.{reason.field}" if reason.field else "input"
        return Failure("inference.input_refused", str(reason)[:1000], Fault.CALLER, field)
    if isinstance(reason, BadModel):
        detail = f"The model cannot be served: {reason}"
        return Failure("inference.model_unusable", detail[:1000], Fault.AUTHOR)
    for kind, failure in BY_REASON:
        if isinstance(reason, kind):
            return failure
    _report(reason)
    return CRASHED


def storable(output: Any) -> tuple[Any, str]:
    """Return an output that JSON and both databases can hold, and its digest.

    Raises ``ValueError`` and ``TypeError`` for what they cannot.
    """
    if b"\\u0000" in canonical_json(output):
        output = without_nul(output)
    return output, json_digest(output)


def _usage(result: RunResult) -> dict[str, int]:
    """Return the measured quantities; computing is measured here, for every runtime."""
    if not any(result.usage.values()):
        return {}
    spent = result.timings_ms.get("share", result.timings_ms.get("run", 0.0))
    return {"requests": 1, **result.usage, "compute_ms": max(1, round(spent))}


def _report(error: Exception) -> None:
    # Not the message: it may quote what the caller sent.
    stack = "".join(traceback.format_tb(error.__traceback__))
    logger.error("A run failed with %s\n%s", type(error).__name__, stack)
