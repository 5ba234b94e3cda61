"""Stopping predictions: at once when none runs them yet, else at their runtime's next step."""

from uuid import UUID

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from inference.errors import AlreadyFinal
from inference.models import FINAL, Prediction, PredictionStatus
from inference.selectors.predictions import prediction_by_id
from inference.services.heartbeat import heartbeat
from inference.services.settlement import settle_waiting
from inference.types import Outcome
from marketplace.core.clock import now

CANCELED = Outcome(status=PredictionStatus.CANCELED, finish_reason="canceled")


@transaction.atomic
def cancel(*, by: Caller, prediction: Prediction) -> Prediction:
    """Cancel a prediction; what it delivered so far is billed. Raises ``AlreadyFinal``."""
    by.require("predictions.run")
    if not request_cancel(prediction.pk):
        raise AlreadyFinal(status=prediction_by_id(prediction.pk).status)
    audit.record("prediction.cancel", by=by, target=prediction)
    return prediction_by_id(prediction.pk)


def request_cancel(prediction_id: UUID) -> bool:
    """Ask whoever runs a prediction to stop; false when it is final already."""
    with transaction.atomic():
        if settle_waiting(prediction_id, CANCELED) is not None:
            return True
        running = Prediction.objects.filter(pk=prediction_id).exclude(status__in=FINAL)
        asked = running.update(cancel_requested_at=now())
    heartbeat.cancel(prediction_id)
    return bool(asked)
