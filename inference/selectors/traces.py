"""The way of one prediction, for its trace page: where its time and its money went."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.types import Caller
from billing.pricing import meter_of
from billing.selectors.costs import CostBreakdown, cost_of
from inference.models import Prediction, WebhookDelivery
from inference.selectors.deliveries import deliveries_of
from marketplace.core.ui import Pair, Span, readable_ms

# Shorter than this nobody waits.
LEAST_MS = 0.05
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Trace:
    """What a trace page shows."""

    prediction: Prediction
    model: str
    model_url: str
    spans: Sequence[Span]
    call: Sequence[Pair]
    served_by: Sequence[Pair]
    usage: Sequence[Pair]
    cost: CostBreakdown | None
    deliveries: Sequence[WebhookDelivery]
    input_text: str
    output_text: str
    can_cancel: bool

    @property
    def is_running(self) -> bool:
        """Whether there will be news."""
        return not self.prediction.is_final


def trace_of(prediction: Prediction, *, viewer: Caller) -> Trace:
    """Return the trace of a prediction that belongs to the viewer's organization."""
    listing = prediction.listing
    return Trace(
        prediction=prediction,
        model=f"{listing.model_id}:{prediction.version.number}",
        model_url=listing.get_absolute_url(),
        spans=list(_spans(prediction)),
        call=list(_call(prediction)),
        served_by=list(_served_by(prediction)),
        usage=[_used(code, quantity) for code, quantity in prediction.usage.items()],
        cost=cost_of(prediction.pk, viewer.organization) if prediction.is_final else None,
        deliveries=list(deliveries_of(prediction)),
        input_text=_pretty(prediction.input),
        output_text=_pretty(prediction.output),
        can_cancel=not prediction.is_final and viewer.can("predictions.run"),
    )


def _spans(prediction: Prediction) -> Iterable[Span]:
    """Yield where the time went, one stretch after the other."""
    times = prediction.timings_ms
    stretches = (
        ("Waits for a worker", "dispatch", "queue", ""),
        ("Loads the model", "load", "load", ""),
        ("Waits for its batch", "queue", "queue", ""),
        ("Runs", "run", "run", _first_output(times)),
    )
    at = 0.0
    for name, key, kind, detail in stretches:
        duration = float(times.get(key, 0.0))
        if duration >= LEAST_MS:
            yield Span(name, at, duration, detail, kind)
            at += duration
    rest = float(times.get("total", 0.0)) - at
    if rest >= LEAST_MS:
        yield Span("Settles", at, rest, "result, usage and money in one commit", "settle")


def _first_output(times: dict[str, float]) -> str:
    first = times.get("first_output")
    return "" if first is None else f"first output after {readable_ms(first)}"


def _call(prediction: Prediction) -> Iterable[Pair]:
    yield Pair("Id", prediction.pk, copy=True)
    yield Pair("Asked for", f"the channel {prediction.channel}" if prediction.channel else "a pin")
    yield Pair("By", _caller(prediction))
    yield Pair("Mode", prediction.mode)
    if prediction.request_id:
        yield Pair("Request", prediction.request_id, copy=True)
    yield Pair("Input digest", prediction.input_digest[:16], note="SHA-256 of its canonical JSON")
    for name, value in prediction.metadata.items():
        yield Pair(name, value)


def _caller(prediction: Prediction) -> str:
    if prediction.api_key is not None:
        return f"{prediction.api_key.name} ({prediction.api_key.prefix}…)"
    return str(prediction.user) if prediction.user is not None else "a key that is gone"


def _served_by(prediction: Prediction) -> Iterable[Pair]:
    yield Pair("Version", prediction.version.number)
    yield Pair("Version digest", prediction.version_digest, note="OpenSSF manifest", copy=True)
    yield Pair("Runtime", prediction.runtime)
    if prediction.runtime_digest:
        yield Pair("Runtime digest", prediction.runtime_digest, copy=True)
    yield Pair("Pool", prediction.pool)
    if prediction.worker:
        yield Pair("Worker", prediction.worker)
    if prediction.device:
        yield Pair("Device", prediction.device)
    if prediction.attempt > 1:
        yield Pair("Attempts", prediction.attempt, note="earlier workers died")


def _used(code: str, quantity: int) -> Pair:
    label = code.partition(".")[0].removesuffix("_ms").replace("_", " ").capitalize()
    return Pair(label, meter_of(code).count(quantity))


def _pretty(body: object) -> str:
    return "" if body is None else json.dumps(body, indent=2, ensure_ascii=False)[:LONGEST_TEXT]
