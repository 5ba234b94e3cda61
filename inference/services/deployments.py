"""Putting listings on pools, and pausing them."""

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from catalog.services.listings import record_facets
from inference.models import Deployment, DeploymentState, Pool
from marketplace.core.errors import FieldProblem, Forbidden, InvalidInput

if TYPE_CHECKING:
    from catalog.models import Listing

MOST_AT_ONCE = 10_000
LONGEST_SECONDS = 3600


@transaction.atomic
def deploy(
    *,
    by: Caller | None,
    listing: "Listing",
    pool: str = "cpu",
    max_concurrency: int = 64,
    timeout_seconds: int = 120,
) -> Deployment:
    """Serve a listing on a pool within limits; deploying again changes them.

    Raises ``PermissionMissing``, ``Forbidden`` for another author's listing, and
    ``InvalidInput`` naming the wrong field.
    """
    _require_author(by, listing)
    _refuse_odd(pool, max_concurrency, timeout_seconds)
    deployment, _ = Deployment.objects.update_or_create(
        listing=listing,
        defaults={
            "organization": listing.organization,
            "pool": Pool.objects.get(name=pool),
            "max_concurrency": max_concurrency,
            "timeout_seconds": timeout_seconds,
        },
    )
    record_facets(listing_id=listing.pk, hardware=deployment.pool.hardware)
    _audit("deployment.deploy", by, deployment, pool=pool)
    return deployment


@transaction.atomic
def set_paused(*, by: Caller | None, deployment: Deployment, is_paused: bool) -> Deployment:
    """Stop taking calls of a listing, or take them again; running calls go on."""
    _require_author(by, deployment.listing)
    state = DeploymentState.PAUSED if is_paused else DeploymentState.LIVE
    if deployment.state == state:
        return deployment
    deployment.state = state
    deployment.save(update_fields=["state", "updated_at"])
    _audit("deployment.pause" if is_paused else "deployment.resume", by, deployment)
    return deployment


def _refuse_odd(pool: str, max_concurrency: int, timeout_seconds: int) -> None:
    problems = []
    known = list(Pool.objects.order_by("name").values_list("name", flat=True))
    if pool not in known:
        message = f"There is no pool {pool!r}; there are {', '.join(known)}."
        problems.append(FieldProblem("pool", message))
    if not 1 <= max_concurrency <= MOST_AT_ONCE:
        problems.append(FieldProblem("max_concurrency", f"Give 1 to {MOST_AT_ONCE}."))
    if not 1 <= timeout_seconds <= LONGEST_SECONDS:
        problems.append(FieldProblem("timeout_seconds", f"Give 1 to {LONGEST_SECONDS}."))
    if problems:
        raise InvalidInput(problems)


def _require_author(by: Caller | None, listing: "Listing") -> None:
    if by is None:
        return
    by.require("listings.write")
    if by.organization.pk != listing.organization_id:
        raise Forbidden(reason=f"{listing.name} belongs to another organization.")


def _audit(action: str, by: Caller | None, deployment: Deployment, **data: str) -> None:
    organization = deployment.organization
    audit.record(action, by=by, target=deployment, organization=organization, **data)
