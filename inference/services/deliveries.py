"""Reports of predictions to the addresses that buyers gave (Standard Webhooks)."""

import json
import logging
import secrets
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from standardwebhooks import Webhook

from accounts.models import Organization
from accounts.types import Caller
from inference.gateways.webhooks import Answer, post
from inference.models import Prediction, WebhookDelivery, WebhookSecret
from inference.selectors.documents import prediction_document
from marketplace.core.clock import now
from marketplace.core.tasks import enqueue

logger = logging.getLogger(__name__)
# After each failed try: 10 tries within 75 h 35 min, as Standard Webhooks suggests.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
SENDING = timedelta(seconds=60)
AT_ONCE, MOST_PER_ROUND = 8, 200
SECRET_BYTES = 32
GONE = 410
Signed = tuple[str, bytes, dict[str, str]]


def secret_of(organization: Organization) -> str:
    """Return the organization's signing secret, made on first use."""
    fresh = f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    found, _ = WebhookSecret.objects.get_or_create(
        organization=organization, defaults={"secret": fresh}
    )
    return str(found.secret)


def reveal_secret(*, by: Caller) -> str:
    """Return the secret of the caller's organization, to verify reports with."""
    by.require("predictions.run")
    return secret_of(by.organization)


def report(prediction: Prediction, event: str) -> None:
    """Write the delivery of an event that the buyer asked for, within the present transaction."""
    if not prediction.webhook_url or event not in prediction.webhook_events:
        return
    delivery, is_new = WebhookDelivery.objects.get_or_create(
        prediction=prediction,
        event=event,
        defaults={
            "organization": prediction.organization,
            "url": prediction.webhook_url,
            "next_attempt_at": now(),
            "payload": json.dumps(prediction_document(prediction), separators=(",", ":")),
        },
    )
    if is_new:
        enqueue("inference.deliver_webhook", delivery_id=str(delivery.pk))


def deliver(delivery_id: UUID | str) -> bool:
    """Try a delivery that is due; false when it is not, or somebody else is at it."""
    return _deliver_all([delivery_id]) == 1


def try_again(delivery: WebhookDelivery) -> bool:
    """Let a report that waits for its next try go at once; false when it does not wait."""
    rows = WebhookDelivery.objects.filter(pk=delivery.pk, delivered_at=None, failed_at=None)
    return bool(rows.update(next_attempt_at=now()))


def deliver_due() -> int:
    """Try every delivery that is due, a few at a time; returns how many."""
    due = WebhookDelivery.objects.filter(
        delivered_at=None, failed_at=None, next_attempt_at__lte=now()
    )
    ids = due.order_by("next_attempt_at").values_list("pk", flat=True)
    return _deliver_all(list(ids[:MOST_PER_ROUND]))


def _deliver_all(ids: Sequence[UUID | str]) -> int:
    """Post side by side; the database is this thread's alone."""
    tries = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="stoa-webhook") as pool:
        for start in range(0, len(ids), AT_ONCE):
            taken = [one for pk in ids[start : start + AT_ONCE] if (one := _take(pk))]
            signed = [_signed(delivery) for delivery in taken]
            for delivery, answer in zip(taken, pool.map(_post, signed), strict=True):
                _note(delivery, answer)
            tries += len(taken)
    return tries


def _take(delivery_id: UUID | str) -> WebhookDelivery | None:
    """Claim a delivery for as long as sending can take."""
    moment = now()
    due = WebhookDelivery.objects.filter(
        pk=delivery_id, delivered_at=None, failed_at=None, next_attempt_at__lte=moment
    )
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=moment + SENDING):
        return None
    rows = WebhookDelivery.objects.select_related("organization")
    taken: WebhookDelivery = rows.get(pk=delivery_id)
    return taken


def _signed(delivery: WebhookDelivery) -> Signed:
    """Sign what is sent; a repeated try has the same id, and the present moment."""
    moment, name = now(), f"msg_{delivery.pk.hex}"
    signature = Webhook(secret_of(delivery.organization)).sign(name, moment, delivery.payload)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }
    return delivery.url, delivery.payload.encode(), headers


def _post(signed: Signed) -> Answer:
    return post(*signed)


@transaction.atomic
def _note(delivery: WebhookDelivery, answer: Answer) -> None:
    delivery.last_status = answer.status
    delivery.last_error = answer.error[:300]
    if answer.is_delivered:
        delivery.delivered_at, delivery.payload = now(), ""
    elif answer.status == GONE or delivery.attempts > len(PAUSES):
        delivery.failed_at, delivery.payload = now(), ""
    else:
        delivery.next_attempt_at = now() + PAUSES[delivery.attempts - 1]
    if delivery.delivered_at or delivery.failed_at:
        delivery.next_attempt_at = None
    delivery.save()
    if answer.status == GONE:
        _disable(delivery)


def _disable(gone: WebhookDelivery) -> None:
    """Stop everything else that is on its way to an address that said it is gone."""
    others = WebhookDelivery.objects.of(gone.organization).filter(
        url=gone.url, delivered_at=None, failed_at=None
    )
    others.update(
        failed_at=now(), next_attempt_at=None, payload="", last_error="The address is gone (410)."
    )
