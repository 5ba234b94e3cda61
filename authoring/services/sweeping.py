"""What the clock does: dead workers' submissions, stale uploads, bytes nobody needs."""

import logging
import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.services import audit
from authoring import dispatch
from authoring.models import Submission, SubmissionState, UploadPart
from authoring.services import spool
from authoring.services.publishing import discard_draft
from marketplace.core.clock import now

logger = logging.getLogger(__name__)
# A message to a worker that is late by this much counts as lost.
SENT_AGAIN_AFTER = timedelta(seconds=15)
STALE_AFTER = timedelta(days=7)
REFUSED_KEPT = timedelta(days=30)
WITHOUT_BYTES = (
    SubmissionState.PASSED,
    SubmissionState.PUBLISHED,
    SubmissionState.ABANDONED,
)
MOST_AT_ONCE = 100


def sweep() -> None:
    """Do all of it; safe to run at any time and in several places at once."""
    send_again()
    abandon_stale()
    remove_leftovers()


def send_again() -> int:
    """Wake workers for submissions whose message was lost or whose worker died."""
    moment = now()
    waiting = Submission.objects.filter(state=SubmissionState.CHECKING).filter(
        Q(checking_lease_until=None, updated_at__lte=moment - SENT_AGAIN_AFTER)
        | Q(checking_lease_until__lte=moment)
    )
    ids = list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])
    for pk in ids:
        dispatch.check_submission(str(pk))
    return len(ids)


def abandon_stale() -> int:
    """Give up uploads that nobody continued for a week, and refusals after a month."""
    moment = now()
    stale = Submission.objects.filter(
        Q(state=SubmissionState.UPLOADING, updated_at__lte=moment - STALE_AFTER)
        | Q(state=SubmissionState.REFUSED, updated_at__lte=moment - REFUSED_KEPT)
    )
    ids = list(stale.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(_abandon(pk, moment - STALE_AFTER) for pk in ids)


@transaction.atomic
def _abandon(pk: object, untouched_since: object) -> bool:
    rows = Submission.objects.select_for_update(of=("self",)).select_related("organization")
    submission = rows.filter(pk=pk, updated_at__lte=untouched_since).first()
    if submission is None or submission.state not in {
        SubmissionState.UPLOADING,
        SubmissionState.REFUSED,
    }:
        return False
    submission.move_to(SubmissionState.ABANDONED, reason="Nobody continued it for too long.")
    submission.save(update_fields=["state", "state_reason", "updated_at"])
    discard_draft(None, submission)
    organization = submission.organization
    audit.record("submission.expire", by=None, target=submission, organization=organization)
    transaction.on_commit(lambda: spool.delete_submission(submission))
    return True


def remove_leftovers() -> None:
    """Remove parts and folders that a crash left behind."""
    parts = UploadPart.objects.filter(file__submission=OuterRef("pk"))
    for submission in Submission.objects.filter(Exists(parts), state__in=WITHOUT_BYTES)[
        :MOST_AT_ONCE
    ]:
        spool.delete_submission(submission)
    folder = Path(settings.DATA_DIR) / "checks"
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    running = Submission.objects.filter(state=SubmissionState.CHECKING)
    kept = {str(pk) for pk in running.values_list("pk", flat=True)}
    for name in set(names) - kept:
        shutil.rmtree(folder / name, ignore_errors=True)
