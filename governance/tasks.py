"""Background work of governance."""

from governance import selectors
from governance.services import evaluations
from marketplace.core.tasks import task


@task(name="governance.evaluate_version", time_limit=1800)
def evaluate_version(*, version_id: str) -> None:
    """Run the suites that fit a version."""
    evaluations.evaluate_version(version_id)


@task(name="governance.reproduce", time_limit=1800)
def reproduce(*, evidence_id: str) -> None:
    """Run a result again and keep the second result beside the first."""
    evaluations.reproduce(selectors.stored_evidence(evidence_id))
