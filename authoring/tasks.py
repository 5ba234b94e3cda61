"""Background work of authoring."""

from authoring.services import checking, sweeping
from marketplace.core.tasks import task


@task(name="authoring.check_submission", time_limit=3600)
def check_submission(*, submission_id: str) -> None:
    """Examine a submission whose upload is complete."""
    checking.run_checks(submission_id)


@task(name="authoring.sweep", time_limit=120)
def sweep() -> None:
    """Follow up on what dead workers and idle authors left."""
    sweeping.sweep()
