"""Reads of predictions, always within the caller's organization."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.types import Caller
from inference.models import Prediction, PredictionPiece
from marketplace.core.errors import NotFound

SHOWN = ("organization", "version", "listing__organization")


@dataclass(frozen=True, slots=True)
class PredictionFilter:
    """What a list of predictions is narrowed to; empty values narrow nothing."""

    model: str = ""
    version: str = ""
    status: str = ""
    key: str = ""
    source: str = ""
    created_after: datetime | None = None
    created_before: datetime | None = None


def predictions_of(
    caller: Caller, wanted: PredictionFilter | None = None
) -> "QuerySet[Prediction]":
    """Return the predictions of the caller's organization, newest first, without bodies.

    Raises ``PermissionMissing``.
    """
    caller.require("predictions.read")
    rows = Prediction.objects.of(caller.organization).select_related(*SHOWN, "api_key", "user")
    return (
        rows.filter(**_conditions(wanted or PredictionFilter()))
        .defer("input", "output")
        .order_by("-created_at", "-id")
    )


def _conditions(wanted: PredictionFilter) -> dict[str, Any]:
    owner, _, name = wanted.model.partition("/")
    asked = {
        "listing__organization__slug": owner if wanted.model else "",
        "listing__slug": name,
        "status": wanted.status,
        "source": wanted.source,
        "api_key__prefix": wanted.key,
        "created_at__gte": wanted.created_after,
        "created_at__lt": wanted.created_before,
        _version_field(wanted.version): wanted.version,
    }
    return {name: value for name, value in asked.items() if value}


def _version_field(version: str) -> str:
    """Say whether a version is named by its number or by its digest."""
    is_digest = len(version) >= 12 and all(one in "0123456789abcdef" for one in version)
    return "version_digest__startswith" if is_digest else "version__number"


def get_prediction(caller: Caller, prediction_id: UUID | str) -> Prediction:
    """Return a prediction of the caller's organization; raises ``NotFound``."""
    caller.require("predictions.read")
    rows = Prediction.objects.of(caller.organization).select_related(*SHOWN, "api_key", "user")
    found: Prediction | None = rows.filter(pk=prediction_id).first()
    if found is None:
        raise NotFound(kind="prediction")
    return found


def prediction_by_id(prediction_id: UUID) -> Prediction:
    """Return a prediction for the platform itself; whoever shows it has checked its owner."""
    found: Prediction = Prediction.objects.select_related(*SHOWN).get(pk=prediction_id)
    return found


def pieces_after(prediction: Prediction, seen: int) -> list[Any]:
    """Return the pieces of the present attempt beyond the first ``seen``."""
    rows = PredictionPiece.objects.filter(prediction=prediction, attempt=prediction.attempt)
    pieces = [piece for content in rows.values_list("content", flat=True) for piece in content]
    return pieces[seen:]
