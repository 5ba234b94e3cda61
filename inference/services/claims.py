"""Who runs a prediction: claimed by raising its attempt, kept by renewing its lease.

Only the holder of the present attempt may finish a row, so a worker that was thought dead
and comes back changes nothing.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from inference.models import Prediction, PredictionStatus
from inference.services.deliveries import report
from marketplace.core.clock import now

MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run and finish a prediction."""

    prediction: Prediction
    attempt: int


def worker_name() -> str:
    """Return this process's name: the machine and the process number."""
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def lease() -> timedelta:
    """Return how long a silent holder keeps its claim."""
    return timedelta(seconds=settings.STOA_LEASE_SECONDS)


def claim_at_birth(prediction: Prediction, *, moment: datetime) -> None:
    """Let a row that is about to be written belong to this process."""
    prediction.status = PredictionStatus.PROCESSING
    prediction.attempt = 1
    prediction.started_at = moment
    prediction.lease_until = moment + lease()
    prediction.worker = worker_name()


def claim(prediction_id: UUID | str) -> Claim | None:
    """Claim a row that waits or whose holder fell silent; ``None`` when it is not to be had."""
    moment = now()
    waits = Q(status=PredictionStatus.STARTING)
    silent = Q(status=PredictionStatus.PROCESSING, lease_until__lt=moment)
    rows = Prediction.objects.filter(pk=prediction_id).filter(waits | silent)
    rows = rows.filter(attempt__lt=MOST_ATTEMPTS, deadline_at__gt=moment)
    with transaction.atomic():
        claimed = rows.filter(cancel_requested_at=None).update(
            status=PredictionStatus.PROCESSING,
            attempt=F("attempt") + 1,
            lease_until=moment + lease(),
            started_at=Coalesce(F("started_at"), moment),
            worker=worker_name(),
        )
        if not claimed:
            return None
        related = ("organization", "version", "listing__organization")
        row = Prediction.objects.select_related(*related).get(pk=prediction_id)
        report(row, "start")
    return Claim(row, row.attempt)


def mine(prediction_id: UUID, attempt: int) -> "QuerySet[Prediction]":
    """Return the row while it is held under this attempt."""
    return Prediction.objects.filter(
        pk=prediction_id, attempt=attempt, status=PredictionStatus.PROCESSING
    )


def held(claims: dict[UUID, int]) -> "QuerySet[Prediction]":
    """Return the rows that are still held as ``claims`` says, or still wait for a worker.

    An attempt of 0 is the hold of one who waits for a worker to claim the row.
    """
    wanted = Q(pk__in=[])
    for attempt in set(claims.values()):
        ids = [pk for pk, one in claims.items() if one == attempt]
        wanted |= Q(pk__in=ids, attempt=attempt)
    open_states = (PredictionStatus.STARTING, PredictionStatus.PROCESSING)
    return Prediction.objects.filter(wanted, status__in=open_states)
