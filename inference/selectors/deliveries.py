"""Reads of webhook deliveries."""

from django.db.models import QuerySet

from inference.models import Prediction, WebhookDelivery


def deliveries_of(prediction: Prediction) -> "QuerySet[WebhookDelivery]":
    """Return the reports of a prediction, newest first, without what they say."""
    rows = WebhookDelivery.objects.of(prediction.organization).filter(prediction=prediction)
    return rows.defer("payload").order_by("-created_at", "-id")
