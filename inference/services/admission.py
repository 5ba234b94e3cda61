"""Lets a call in: model, input, limits and money are settled before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.types import Caller
from billing.services.access import admit as admit_to_billing
from catalog.selectors.listings import listings_by_ids
from catalog.selectors.routing import resolve
from catalog.types import Route
from inference.errors import DeploymentPaused, TooManyCalls
from inference.gateways.webhooks import check_url
from inference.models import Prediction, PredictionStatus
from inference.selectors.deployments import Limits, limits_of
from inference.services.claims import claim_at_birth, lease
from inference.services.deliveries import report
from inference.services.estimates import estimate_quantities
from inference.services.validation import InputSchema, digest_of, validate_input
from inference.types import Mode, PredictionRequest
from marketplace.core.clock import now
from marketplace.core.context import current_request
from marketplace.core.ids import uuid7

if TYPE_CHECKING:
    from catalog.models import Listing

# How long an asynchronous call may wait for a worker.
ASYNC_PATIENCE = timedelta(hours=24)
HOLD_MARGIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Checked:
    """A call whose model and input are known to be good."""

    route: Route
    listing: "Listing"
    limits: Limits
    input_digest: str
    expected: dict[str, int]
    maximum: dict[str, int]


@dataclass(frozen=True, slots=True)
class Admitted:
    """A call that may run: its row, what to load, and within which limits."""

    prediction: Prediction
    route: Route
    limits: Limits


def check(*, by: Caller, model: str, value: Mapping[str, Any]) -> Checked:
    """Find the version and check the input against it, without any effect.

    Raises ``PermissionMissing``, the catalog's refusals, and ``InvalidInput`` naming the
    field.
    """
    by.require("predictions.run")
    route = resolve(model, viewer=by)
    schema = InputSchema(route.version.digest, route.signature.get("input_schema", {}))
    validate_input(value, schema)
    listing = listings_by_ids([route.listing_id])[UUID(route.listing_id)]
    limits = limits_of(route.listing_id)
    expected, maximum = estimate_quantities(route, value, timeout_seconds=limits.timeout_seconds)
    return Checked(route, listing, limits, digest_of(value), expected, maximum)


def admit(*, by: Caller, request: PredictionRequest, runs_here: bool) -> Admitted:
    """Let a call in: its row is written and the money for it is held, together.

    ``runs_here`` claims the row for this process at once. Raises what ``check`` raises,
    ``DeploymentPaused``, ``TooManyCalls`` and the refusals of billing.
    """
    checked = check(by=by, model=request.model, value=request.input)
    if request.webhook is not None:
        check_url(request.webhook.url)
    _refuse_unavailable(checked, request.mode)
    moment = now()
    prediction = _row(by, request, checked, moment)
    if runs_here:
        claim_at_birth(prediction, moment=moment)
    with transaction.atomic():
        admission = admit_to_billing(
            by=by,
            listing=checked.listing,
            source_id=prediction.pk,
            maximum=checked.maximum,
            max_cost_nano=request.max_cost_nano,
            quote_id=request.quote_id,
            input_digest=checked.input_digest,
            source=request.source,
            expires_at=(prediction.deadline_at or moment) + HOLD_MARGIN,
            now=moment,
        )
        prediction.price_id = admission.price_id
        prediction.entitlement_id = admission.entitlement_id
        prediction.currency = admission.currency
        prediction.save(force_insert=True)
        if runs_here:
            report(prediction, "start")
    return Admitted(prediction, checked.route, checked.limits)


def _refuse_unavailable(checked: Checked, mode: Mode) -> None:
    limits, model = checked.limits, checked.listing.name
    if limits.is_paused:
        raise DeploymentPaused(model=model, retry_after=60)
    if mode is Mode.ASYNC:
        return
    open_states = (PredictionStatus.STARTING, PredictionStatus.PROCESSING)
    running = Prediction.objects.filter(listing=checked.listing, status__in=open_states)
    if running.exclude(mode=Mode.ASYNC).count() >= limits.max_concurrency:
        raise TooManyCalls(model=model, limit=limits.max_concurrency, retry_after=1)


def _row(by: Caller, request: PredictionRequest, checked: Checked, moment: datetime) -> Prediction:
    version, webhook = checked.route.version, request.webhook
    return Prediction(
        id=request.identity or uuid7(),
        organization=by.organization,
        listing=checked.listing,
        version_id=version.id,
        version_digest=version.digest,
        channel=checked.route.channel or "",
        runtime=version.runtime,
        pool=checked.limits.pool,
        api_key=by.api_key,
        user=by.user,
        source=request.source,
        mode=request.mode,
        request_id=request.request_id or current_request.get().request_id,
        is_test=by.is_test,
        metadata=request.metadata,
        input=request.input,
        input_digest=checked.input_digest,
        created_at=moment,
        deadline_at=moment + _patience(request.mode) + _run_time(checked.limits),
        lease_until=None if request.mode is Mode.ASYNC else moment + lease(),
        webhook_url=webhook.url if webhook else "",
        webhook_events=list(webhook.events) if webhook else [],
    )


def _patience(mode: Mode) -> timedelta:
    """Return how long a call may wait before it runs."""
    if mode is Mode.ASYNC:
        return ASYNC_PATIENCE
    return timedelta(seconds=settings.STOA_PREDICTION_TIMEOUT_SECONDS)


def _run_time(limits: Limits) -> timedelta:
    return timedelta(seconds=limits.timeout_seconds)
