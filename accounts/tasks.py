"""What runs by the clock."""

from accounts.services import idempotency
from marketplace.core.tasks import task


@task(name="accounts.remove_expired_answers", time_limit=300)
def remove_expired_answers() -> None:
    """Forget the kept answers whose day is over."""
    idempotency.remove_expired()
