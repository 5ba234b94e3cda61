"""Bodies of calls go when their organization's data policy says so."""

from uuid import UUID

from django.db import transaction

from inference.models import Prediction, PredictionPiece, WebhookDelivery
from marketplace.core.clock import now

PER_ROUND = 500


def remove_expired_bodies() -> int:
    """Remove the inputs and outputs whose time is over; returns of how many predictions."""
    removed = 0
    while ids := _expired():
        _remove(ids)
        removed += len(ids)
    return removed


def _expired() -> list[UUID]:
    rows = Prediction.objects.filter(bodies_until__lte=now(), bodies_removed_at=None)
    return list(rows.order_by("bodies_until").values_list("pk", flat=True)[:PER_ROUND])


@transaction.atomic
def _remove(ids: list[UUID]) -> None:
    """Remove every copy of the bodies; digests, usage and timings stay."""
    PredictionPiece.objects.filter(prediction__in=ids).delete()
    WebhookDelivery.objects.filter(prediction__in=ids).exclude(payload="").update(
        payload="", next_attempt_at=None, failed_at=now(), last_error="The bodies were removed."
    )
    Prediction.objects.filter(pk__in=ids).update(input=None, output=None, bodies_removed_at=now())
