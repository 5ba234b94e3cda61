"""Where listings run, and within which limits."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from inference.models import Deployment, DeploymentState, Pool

DEFAULT_POOL = "cpu"


@dataclass(frozen=True, slots=True)
class Limits:
    """The pool of a listing, and what its calls are allowed."""

    pool: str = DEFAULT_POOL
    hardware: str = "cpu"
    queue: str = f"pool.{DEFAULT_POOL}"
    timeout_seconds: int = 120
    max_concurrency: int = 64
    is_paused: bool = False


def limits_of(listing_id: UUID | str) -> Limits:
    """Return the limits of a listing; one that was never deployed runs on the usual pool."""
    row = Deployment.objects.select_related("pool").filter(listing_id=listing_id).first()
    longest: int = settings.STOA_PREDICTION_TIMEOUT_SECONDS
    if row is None:
        return Limits(timeout_seconds=longest)
    return Limits(
        pool=row.pool.name,
        hardware=row.pool.hardware,
        queue=row.pool.queue,
        timeout_seconds=min(row.timeout_seconds, longest),
        max_concurrency=row.max_concurrency,
        is_paused=row.state == DeploymentState.PAUSED,
    )


def queue_of(pool: str) -> str:
    """Return the queue that the workers of a pool consume."""
    found = Pool.objects.filter(name=pool).values_list("queue", flat=True).first()
    return str(found or f"pool.{pool}")


def deployment_of(listing_id: UUID | str) -> Deployment | None:
    """Return the deployment of a listing, if it was ever deployed."""
    rows = Deployment.objects.select_related("pool", "listing__organization")
    return rows.filter(listing_id=listing_id).first()


def pools() -> list[Pool]:
    """Return every pool by name."""
    return list(Pool.objects.order_by("name"))
