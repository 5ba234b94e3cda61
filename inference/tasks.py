"""Work that Celery starts: predictions of a pool, and what runs by the clock."""

from typing import Any

from celery.signals import worker_process_shutdown, worker_shutdown

from inference.services import deliveries, facets, retention, sweeping, working
from inference.services.engines import stop_engine
from marketplace.core.tasks import task

# Above the longest that a model may take with loading; leases are renewed meanwhile.
LONGEST_RUN = 3600


@task(name="inference.run_prediction", queue="pool.cpu", time_limit=LONGEST_RUN)
def run_prediction(*, prediction_id: str, reply_to: str = "") -> None:
    """Run one prediction that waits for this pool."""
    working.work(prediction_id, reply_to=reply_to)


@task(name="inference.sweep", time_limit=60)
def sweep() -> None:
    """Put right what dead processes and lost messages left behind."""
    sweeping.sweep()


@task(name="inference.deliver_webhook", time_limit=60)
def deliver_webhook(*, delivery_id: str) -> None:
    """Try one report at once."""
    deliveries.deliver(delivery_id)


@task(name="inference.deliver_due_webhooks", time_limit=300)
def deliver_due_webhooks() -> None:
    """Try every report whose time has come."""
    deliveries.deliver_due()


@task(name="inference.remove_expired_bodies", time_limit=300)
def remove_expired_bodies() -> None:
    """Remove inputs and outputs that were kept long enough."""
    retention.remove_expired_bodies()


@task(name="inference.record_call_facets", time_limit=120)
def record_call_facets() -> None:
    """Repeat counts and latencies on listings."""
    facets.record_call_facets()


def drop_models(**_: Any) -> None:
    """Let running batches end before the worker does."""
    stop_engine()


worker_shutdown.connect(drop_models)
worker_process_shutdown.connect(drop_models)
