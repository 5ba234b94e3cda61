"""The examination of a submission, from its first step to its verdict."""

import logging
import shutil
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.services import audit
from authoring.errors import CheckFailed, LostLease
from authoring.models import Check, CheckState, Submission, SubmissionState
from authoring.services import spool
from authoring.services.examination import MOST_ATTEMPTS, Examination, claim
from authoring.services.publishing import publish
from authoring.services.steps import STEPS
from marketplace.core.errors import DomainError

logger = logging.getLogger(__name__)
GAVE_UP = (
    "This step stopped several times without an answer, most likely because a worker ran out "
    "of memory. Run the checks again, or ask the operator."
)


def run_checks(submission_id: str) -> Submission | None:
    """Examine a submission whose upload is complete; returns it with its verdict.

    Does nothing for one that is not waiting or that another worker examines, and then
    returns ``None``. A worker that died is followed by the next one, three times at most.
    """
    examination = claim(str(submission_id))
    if examination is None:
        return None
    try:
        if examination.attempt > MOST_ATTEMPTS:
            _give_up(examination)
        else:
            with examination.kept_alive():
                _run_steps(examination)
    except LostLease:
        logger.info("Submission %s was taken over by another worker.", submission_id)
        return None
    finally:
        shutil.rmtree(examination.folder, ignore_errors=True)
    return _published_if_wished(examination.submission)


def _run_steps(examination: Examination) -> None:
    checks = list(examination.submission.checks.all())
    _reset(checks)
    failed: Check | None = None
    for check in checks:
        if failed is not None:
            skipped = f"Skipped: {failed.get_kind_display()} did not pass."
            examination.finish(check, CheckState.SKIPPED, skipped, {})
        elif not _passes(examination, check):
            failed = check
    _conclude(examination, failed)


def _reset(checks: Iterable[Check]) -> None:
    """Begin anew where a worker died midway."""
    for check in checks:
        if check.state != CheckState.QUEUED:
            check.state, check.summary, check.detail = CheckState.QUEUED, "", {}
            check.save(update_fields=["state", "summary", "detail", "updated_at"])


def _passes(examination: Examination, check: Check) -> bool:
    examination.start(check)
    try:
        outcome = STEPS[check.kind](examination)
    except CheckFailed as error:
        detail = {**error.detail, "code": error.code or f"{check.kind}.refused"}
        examination.finish(check, CheckState.FAILED, str(error), detail)
        return False
    except LostLease:
        raise
    except Exception:
        examination.hold()  # a step that broke because another worker took over ends here
        logger.exception("The step %s of %s broke.", check.kind, examination.submission.pk)
        raise
    examination.finish(check, CheckState.PASSED, outcome.summary, outcome.detail)
    return True


def _give_up(examination: Examination) -> None:
    checks = list(examination.submission.checks.all())
    broken = next((one for one in checks if one.state != CheckState.PASSED), checks[-1])
    for check in checks:
        if check.pk == broken.pk:
            examination.finish(check, CheckState.FAILED, GAVE_UP, {"code": "checks.gave_up"})
        elif check.state != CheckState.PASSED:
            skipped = f"Skipped: {broken.get_kind_display()} did not pass."
            examination.finish(check, CheckState.SKIPPED, skipped, {})
    _conclude(examination, broken)


@transaction.atomic
def _conclude(examination: Examination, failed: Check | None) -> None:
    examination.hold()
    submission = examination.submission
    state = SubmissionState.REFUSED if failed else SubmissionState.PASSED
    reason = f"{failed.get_kind_display()}: {failed.summary}" if failed else ""
    submission.move_to(state, reason=reason)
    submission.checking_lease_until = None
    submission.save(update_fields=["state", "state_reason", "checking_lease_until", "updated_at"])
    action = "submission.refuse" if failed else "submission.pass"
    facts: dict[str, Any] = {"step": failed.kind} if failed else {}
    organization = submission.listing.organization
    audit.record(action, by=None, target=submission, organization=organization, **facts)
    if not failed:
        transaction.on_commit(lambda: spool.delete_submission(submission))


def _published_if_wished(submission: Submission) -> Submission:
    """Publish what its author asked to publish; a refusal is shown, and the pass stays."""
    if submission.state != SubmissionState.PASSED or not submission.publish_when_passed:
        return submission
    try:
        return publish(by=None, submission=submission)
    except DomainError as error:
        submission.state_reason = f"Not published: {error.detail}"[:500]
        submission.save(update_fields=["state_reason", "updated_at"])
        return submission
