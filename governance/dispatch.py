"""Sends governance's background work."""

from marketplace.core.tasks import enqueue


def reproduce(evidence_id: str) -> None:
    """Ask a worker to run a result again."""
    enqueue("governance.reproduce", evidence_id=evidence_id)


def evaluate(version_id: str) -> None:
    """Ask a worker to run the suites that fit a version."""
    enqueue("governance.evaluate_version", version_id=version_id)
