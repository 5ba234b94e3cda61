"""Calling models: the one service behind every door."""

from collections.abc import Iterator

from django.conf import settings

from accounts.types import Caller
from inference.dispatch.calls import wake_worker
from inference.models import Prediction
from inference.selectors.predictions import SHOWN, prediction_by_id
from inference.services.admission import admit
from inference.services.canceling import cancel
from inference.services.estimates import estimate_quantities
from inference.services.following import follow
from inference.services.places import place
from inference.types import Mode, PredictionRequest, StreamEvent

__all__ = ["cancel", "create", "estimate_quantities", "follow", "stream"]


def create(*, by: Caller, request: PredictionRequest) -> Prediction:
    """Run a call. A synchronous one returns finished, or still running when its time is over.

    An asynchronous one returns at once. Raises ``PermissionMissing``, ``InvalidInput``
    naming the field, the refusals of the catalog and of billing, ``DeploymentPaused`` and
    ``TooManyCalls``; nothing was written then, and nothing is held.
    """
    repeated = _made_before(by, request)
    if repeated is not None:
        return repeated
    if request.mode is Mode.ASYNC:
        admitted = admit(by=by, request=request, runs_here=False)
        wake_worker(admitted.prediction.pk, queue=admitted.limits.queue)
        return prediction_by_id(admitted.prediction.pk)
    where = place()
    admitted = admit(by=by, request=request, runs_here=where.runs_here)
    longest = min(admitted.limits.timeout_seconds, settings.STOA_PREDICTION_TIMEOUT_SECONDS)
    seconds = longest if request.wait_seconds is None else min(request.wait_seconds, longest)
    return where.wait(admitted, seconds)


def stream(*, by: Caller, request: PredictionRequest) -> Iterator[StreamEvent]:
    """Run a call and yield its events; closing the iterator cancels the call.

    Refusals are raised here, before the first event; see ``create``.
    """
    repeated = _made_before(by, request)
    if repeated is not None:
        return follow(repeated.pk)
    where = place()
    return where.events(admit(by=by, request=request, runs_here=where.runs_here))


def _made_before(by: Caller, request: PredictionRequest) -> Prediction | None:
    """Return the prediction of the first of several repetitions of one request."""
    if request.identity is None:
        return None
    rows = Prediction.objects.of(by.organization).select_related(*SHOWN)
    found: Prediction | None = rows.filter(pk=request.identity).first()
    return found
