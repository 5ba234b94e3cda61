"""Reads of submissions, always for one organization."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.types import Caller
from authoring.models import Check, Submission, SubmissionFile
from marketplace.core.errors import NotFound


def submissions_of(caller: Caller) -> QuerySet[Submission]:
    """Return the submissions of the caller's organization, newest first, ready to show."""
    rows = Submission.objects.of(caller.organization)
    checks = Prefetch("checks", Check.objects.order_by("position"))
    found: QuerySet[Submission] = (
        rows.select_related(
            "listing__organization", "version", "base_version__listing__organization"
        )
        .prefetch_related("files", checks)
        .order_by("-created_at", "-id")
    )
    return found


def get_submission(caller: Caller, submission_id: UUID | str) -> Submission:
    """Return one submission of the caller's organization; raises ``NotFound``."""
    found = submissions_of(caller).filter(pk=submission_id).first()
    if found is None:
        raise NotFound(kind="upload")
    return found


def get_file(caller: Caller, submission_id: UUID | str, path: str) -> SubmissionFile:
    """Return one file of a submission of the caller's organization; raises ``NotFound``."""
    rows = SubmissionFile.objects.select_related("submission__listing__organization")
    found = rows.filter(
        submission__organization=caller.organization, submission=submission_id, path=path
    ).first()
    if found is None:
        raise NotFound(kind="file of this name")
    return found
