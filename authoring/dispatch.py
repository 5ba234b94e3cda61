"""Sends authoring's background work."""

from marketplace.core.tasks import enqueue


def check_submission(submission_id: str) -> None:
    """Ask a worker to examine a submission."""
    enqueue("authoring.check_submission", submission_id=submission_id)
