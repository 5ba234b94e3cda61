"""Billing by the clock."""

from billing.services.access import release_expired_holds
from billing.services.entitlements import close_periods
from marketplace.core.tasks import task


@task(name="billing.release_expired_holds")
def release_expired() -> None:
    """Give back what calls held that nobody finished."""
    release_expired_holds()


@task(name="billing.close_periods")
def close() -> None:
    """Settle and renew the plans whose period is over."""
    close_periods()
