"""Puts right what dead processes and lost messages left behind. Safe to run anywhere, anytime."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value

from inference.dispatch.calls import wake_again
from inference.models import Prediction, PredictionStatus
from inference.selectors.deployments import queue_of
from inference.services.canceling import CANCELED
from inference.services.claims import MOST_ATTEMPTS
from inference.services.outcomes import EXPIRED, GAVE_UP, INTERRUPTED, failed
from inference.services.settlement import settle_abandoned, settle_waiting
from inference.types import Mode, Outcome
from marketplace.core.clock import now
from marketplace.core.errors import DomainError

logger = logging.getLogger(__name__)
# How long a row may wait before its message counts as lost, and how often it is sent again.
STALE = timedelta(seconds=10)
MOST_PER_ROUND = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """What a round did."""

    sent_again: int = 0
    finished: int = 0


def sweep() -> Swept:
    """Finish what is hopeless and send again what still waits for a worker."""
    finished = sum(_finish(row) for row in _hopeless())
    return Swept(sent_again=sum(_send_again(row) for row in _waiting()), finished=finished)


def _silent(moment: datetime) -> Q:
    """Return the condition of rows that nobody holds."""
    waiting = Q(status=PredictionStatus.STARTING)
    return waiting | Q(status=PredictionStatus.PROCESSING, lease_until__lt=moment)


def _hopeless() -> "QuerySet[Prediction]":
    moment = now()
    is_over = Q(deadline_at__lte=moment) | Q(attempt__gte=MOST_ATTEMPTS)
    is_over |= Q(cancel_requested_at__isnull=False)
    is_over |= Q(lease_until__lt=moment) & _bound_to_their_caller()
    rows = Prediction.objects.filter(_silent(moment)).filter(is_over)
    return rows.order_by("created_at")[:MOST_PER_ROUND]


def _bound_to_their_caller() -> Q:
    """Return the condition of rows that end with the process that waits for them.

    Here, that process runs them. In workers, a call that nobody claimed has lost its caller
    when its lease ran out, and a stream cannot begin a second time.
    """
    if settings.STOA_ENGINE == "embedded":
        return Q(mode__in=(Mode.SYNC, Mode.STREAM))
    return Q(mode=Mode.SYNC, status=PredictionStatus.STARTING) | Q(mode=Mode.STREAM)


def _ending_of(row: Prediction) -> Outcome:
    if row.cancel_requested_at is not None:
        return CANCELED
    if row.attempt >= MOST_ATTEMPTS:
        return failed(GAVE_UP)
    is_late = row.deadline_at is not None and row.deadline_at <= now()
    return failed(EXPIRED if is_late else INTERRUPTED)


def _finish(row: Prediction) -> bool:
    try:
        if row.status == PredictionStatus.STARTING:
            return settle_waiting(row.pk, _ending_of(row)) is not None
        return settle_abandoned(row.pk, row.attempt, _ending_of(row)) is not None
    except (DomainError, DatabaseError):
        # One row that cannot be settled must not keep the others from it.
        logger.exception("Prediction %s could not be finished", row.pk)
        return False


def _waiting() -> "QuerySet[Prediction]":
    """Return rows whose worker died, and those whose message probably led nowhere.

    A long queue is not a lost message: a row's pauses grow with the time it has waited.
    """
    moment = now()
    rows = Prediction.objects.filter(_silent(moment), cancel_requested_at=None)
    rows = rows.filter(
        deadline_at__gt=moment, attempt__lt=MOST_ATTEMPTS, updated_at__lte=moment - STALE
    )
    so_far = ExpressionWrapper(F("updated_at") - F("created_at"), DurationField())
    since = ExpressionWrapper(Value(moment) - F("updated_at"), DurationField())
    is_due = Q(status=PredictionStatus.PROCESSING) | Q(since__gte=F("so_far"))
    due: QuerySet[Prediction] = rows.annotate(so_far=so_far, since=since).filter(is_due)
    return due.order_by("status", "created_at")[:MOST_PER_ROUND]


def _send_again(row: Prediction) -> bool:
    """Send a row's message again; its time is noted, so that the next round leaves it be."""
    wake_again(row.pk, queue=queue_of(row.pool))
    same = Prediction.objects.filter(pk=row.pk, attempt=row.attempt)
    return bool(same.filter(status=row.status).update(updated_at=now()))
