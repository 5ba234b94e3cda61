"""The end of a prediction: result, usage, money and reports, all of it or nothing.

The fence is the row itself: whoever is not its present holder finds no row, and does
nothing.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import DataPolicy
from billing.services import access, metering
from inference.models import Prediction, PredictionStatus
from inference.runtimes.registry import runtime_digest
from inference.services.claims import mine
from inference.services.deliveries import report
from inference.types import Failure, Outcome
from marketplace.core.clock import now

logger = logging.getLogger(__name__)
# Even where no bodies are to be kept: the time in which an answer is fetched.
SHORTEST_KEPT = timedelta(minutes=10)
# What the answer to the caller shows of other rows.
SHOWN = ("organization", "version", "listing__organization")
FINISHED_FIELDS = (
    "status",
    "output",
    "output_digest",
    "error",
    "finish_reason",
    "usage",
    "timings_ms",
    "runtime_digest",
    "device",
    "completed_at",
    "bodies_until",
    "lease_until",
    "cost_nano",
    "updated_at",
)


def settle(prediction_id: UUID, attempt: int, outcome: Outcome) -> Prediction | None:
    """Finish a claimed prediction; ``None`` when the claim has passed to somebody else."""
    return _finish(mine(prediction_id, attempt), outcome)


def settle_waiting(prediction_id: UUID, outcome: Outcome) -> Prediction | None:
    """Finish a prediction that no worker has claimed yet."""
    rows = Prediction.objects.filter(pk=prediction_id, status=PredictionStatus.STARTING)
    return _finish(rows, outcome)


def settle_abandoned(prediction_id: UUID, attempt: int, outcome: Outcome) -> Prediction | None:
    """Finish a prediction whose holder fell silent."""
    return _finish(mine(prediction_id, attempt).filter(lease_until__lt=now()), outcome)


@transaction.atomic
def _finish(fenced: "QuerySet[Prediction]", outcome: Outcome) -> Prediction | None:
    locked = fenced.select_for_update(of=("self",)).select_related(*SHOWN)
    prediction: Prediction | None = locked.first()
    if prediction is None:
        logger.info("A result came too late: its claim had passed on.")
        return None
    moment = now()
    _record(prediction, outcome, moment)
    _charge(prediction, moment)
    prediction.save(update_fields=FINISHED_FIELDS)
    report(prediction, "completed")
    return prediction


def _record(prediction: Prediction, outcome: Outcome, moment: datetime) -> None:
    prediction.status = PredictionStatus(outcome.status)
    prediction.output = outcome.output
    prediction.output_digest = outcome.output_digest if outcome.output is not None else ""
    prediction.error = _as_dict(outcome.failure)
    prediction.finish_reason = outcome.finish_reason
    prediction.usage = outcome.usage
    prediction.timings_ms = {**outcome.timings_ms, **_clock_times(prediction, moment)}
    prediction.runtime_digest = runtime_digest() if prediction.attempt else ""
    prediction.device = outcome.device
    prediction.completed_at = moment
    prediction.lease_until = None
    prediction.bodies_until = moment + _kept_for(prediction)


def _as_dict(failure: Failure | None) -> dict[str, str] | None:
    return failure.as_dict() if failure else None


def _clock_times(prediction: Prediction, moment: datetime) -> dict[str, float]:
    """Return what the wall clock says: from creation to a claim, and to the end."""
    started = prediction.started_at or moment
    return {
        "dispatch": _ms(started - prediction.created_at),
        "total": _ms(moment - prediction.created_at),
    }


def _ms(duration: timedelta) -> float:
    return round(max(0.0, duration.total_seconds() * 1000), 3)


def _kept_for(prediction: Prediction) -> timedelta:
    rows = DataPolicy.objects.filter(organization=prediction.organization)
    hours = rows.values_list("body_retention_hours", flat=True).first()
    return max(SHORTEST_KEPT, timedelta(hours=24 if hours is None else hours))


def _charge(prediction: Prediction, moment: datetime) -> None:
    """Bill what was delivered; everything else gives back its hold."""
    if not prediction.usage or prediction.status == PredictionStatus.FAILED:
        access.release(source_id=prediction.pk)
        prediction.cost_nano = 0
        return
    settled = metering.settle(
        by_organization=prediction.organization,
        source_id=prediction.pk,
        listing_id=prediction.listing_id,
        version_id=prediction.version_id,
        admission=prediction,
        api_key_id=prediction.api_key_id,
        quantities=prediction.usage,
        is_test=prediction.is_test,
        now=moment,
    )
    prediction.cost_nano = settled.cost_nano
