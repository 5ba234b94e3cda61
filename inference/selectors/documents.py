"""A prediction as the API, its streams and webhooks show it."""

from datetime import datetime
from typing import Any

from django.conf import settings

from inference.models import Prediction
from marketplace.core.money import from_nano

Document = dict[str, Any]


def prediction_document(prediction: Prediction, *, is_whole: bool = True) -> Document:
    """Return the JSON of a prediction; lists leave the bodies out (``is_whole`` false)."""
    shown: Document = {
        "id": str(prediction.pk),
        "model": model_of(prediction),
        "version": {"number": prediction.version.number, "digest": prediction.version_digest},
        "channel": prediction.channel or None,
        "status": str(prediction.status),
        "mode": str(prediction.mode),
        "source": prediction.source,
        "error": prediction.error,
        "finish_reason": prediction.finish_reason or None,
        "usage": prediction.usage,
        "cost": cost_of(prediction),
        "timings_ms": prediction.timings_ms,
        "runtime": {"name": prediction.runtime, "digest": prediction.runtime_digest or None},
        "worker": prediction.worker or None,
        "device": prediction.device or None,
        "input_digest": prediction.input_digest,
        "output_digest": prediction.output_digest or None,
        "metadata": prediction.metadata,
        "urls": urls_of(prediction),
        "created_at": _time(prediction.created_at),
        "started_at": _time(prediction.started_at),
        "completed_at": _time(prediction.completed_at),
        "bodies_removed_at": _time(prediction.bodies_removed_at),
    }
    if is_whole:
        shown |= {"input": prediction.input, "output": prediction.output}
    return shown


def model_of(prediction: Prediction) -> str:
    """Return ``owner/name`` of the listing that was called."""
    return str(prediction.listing.model_id)


def cost_of(prediction: Prediction) -> Document | None:
    """Return what a finished prediction cost, exactly; ``None`` while it runs."""
    if prediction.cost_nano is None or not prediction.currency:
        return None
    exact = from_nano(prediction.cost_nano, prediction.currency)
    return {
        "amount": f"{exact.normalize():f}",
        "nano": prediction.cost_nano,
        "currency": prediction.currency,
        "is_test": prediction.is_test,
    }


def urls_of(prediction: Prediction) -> Document:
    """Return the addresses at which a prediction is read, canceled, followed and seen."""
    api = f"{settings.SITE_URL}/api/v1/predictions/{prediction.pk}"
    return {
        "get": api,
        "cancel": f"{api}/cancel",
        "stream": f"{api}/stream",
        "web": f"{settings.SITE_URL}/predictions/{prediction.pk}/",
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
