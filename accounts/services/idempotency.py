"""Requests that may be repeated: claimed by the first, answered from its answer afterwards."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from accounts.errors import IdempotencyKeyInFlight, IdempotencyKeyReused
from accounts.models import DataPolicy, IdempotencyRecord
from accounts.types import Caller
from marketplace.core.clock import now
from marketplace.core.sealing import seal, unseal

KEPT = timedelta(hours=24)
SHORTEST_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The first answer, to be given again."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a request; ``identity`` is the same for every repetition of it."""

    identity: UUID
    attempt: int = 1


def fingerprint(*, by: Caller, method: str, path: str, body: bytes) -> str:
    """Return the digest by which two requests are the same one, from the same actor."""
    actor = by.api_key or by.user
    head = f"{method}\n{path}\n{actor.pk if actor else ''}\n"
    return hashlib.sha256(head.encode() + body).hexdigest()


def begin(*, by: Caller, key: str, request_sha256: str, lock_for: timedelta) -> Claim | KeptAnswer:
    """Claim a request, or return the answer that it already had.

    Raises ``IdempotencyKeyInFlight`` and ``IdempotencyKeyReused``.
    """
    moment = now()
    rows = IdempotencyRecord.objects.of(by.organization).filter(key=key)
    rows.filter(expires_at__lte=moment).delete()
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(
                organization=by.organization,
                key=key,
                request_sha256=request_sha256,
                locked_until=moment + lock_for,
                expires_at=moment + KEPT,
            )
        return Claim(record.pk)
    except IntegrityError:
        return _join(rows.first(), request_sha256, moment, lock_for)


def _join(
    record: IdempotencyRecord | None, request_sha256: str, moment: datetime, lock_for: timedelta
) -> Claim | KeptAnswer:
    if record is None:  # it failed and was released this very moment
        raise IdempotencyKeyInFlight(retry_after=1)
    if record.request_sha256 != request_sha256:
        raise IdempotencyKeyReused()
    if record.status is not None:
        body = unseal(bytes(record.body), purpose=_purpose(record.pk))
        return KeptAnswer(record.status, record.headers, body)
    mine = IdempotencyRecord.objects.filter(
        pk=record.pk, attempt=record.attempt, status=None, locked_until__lte=moment
    )
    if not mine.update(attempt=F("attempt") + 1, locked_until=moment + lock_for):
        raise IdempotencyKeyInFlight(retry_after=1)
    return Claim(record.pk, record.attempt + 1)


def finish(*, by: Caller, claim: Claim, answer: KeptAnswer) -> bool:
    """Keep the answer of a claimed request; false when the claim has passed to a repetition."""
    updated = _held(claim).update(
        status=answer.status,
        headers=answer.headers,
        body=seal(answer.body, purpose=_purpose(claim.identity)),
        expires_at=now() + _kept_for(by),
    )
    return bool(updated)


def release(*, claim: Claim) -> None:
    """Forget a request that did nothing, so that a repetition runs."""
    _held(claim).delete()


def remove_expired() -> int:
    """Delete the records whose time is over; returns how many."""
    return IdempotencyRecord.objects.filter(expires_at__lte=now()).delete()[0]


def _held(claim: Claim) -> QuerySet[IdempotencyRecord]:
    return IdempotencyRecord.objects.filter(pk=claim.identity, attempt=claim.attempt, status=None)


def _kept_for(by: Caller) -> timedelta:
    """Return 24 hours, or less where the organization wants bodies gone earlier."""
    hours = DataPolicy.objects.filter(organization=by.organization).values_list(
        "body_retention_hours", flat=True
    )
    wanted = timedelta(hours=hours[0]) if hours else KEPT
    return max(SHORTEST_KEPT, min(KEPT, wanted))


def _purpose(identity: UUID) -> str:
    return f"idempotency:{identity}"
