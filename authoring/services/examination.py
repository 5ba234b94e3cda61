"""One worker's hold on one submission while it is examined: its lease, folder and notes."""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q

from authoring.errors import LostLease
from authoring.formats.examine import Examined
from authoring.models import Check, CheckState, Submission, SubmissionFile, SubmissionState
from inference.runtimes.base import Runtime, Signature
from inference.types import ProbeReport
from marketplace.core.canonical import without_nul
from marketplace.core.clock import now

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
TICK_SECONDS = 20.0
# How often a running step writes its progress.
BEAT = timedelta(seconds=1)
MOST_ATTEMPTS = 3


@dataclass
class Examination:
    """A claimed submission, and what the steps so far have learnt about it."""

    submission: Submission
    attempt: int
    folder: Path
    files: list[SubmissionFile]
    digests: dict[str, str] = field(default_factory=dict)
    found: list[Examined] = field(default_factory=list)
    runtime: type[Runtime] | None = None
    signature: Signature | None = None
    probe: ProbeReport | None = None
    check: Check | None = None
    beaten_at: datetime | None = None

    @property
    def size(self) -> int:
        """Return how many bytes the submission has."""
        return sum(file.size for file in self.files)

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Renew the lease from beside, while a step waits for other processes."""
        stop = threading.Event()
        thread = threading.Thread(target=self._renew, args=(stop,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _renew(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(TICK_SECONDS):
                try:
                    self.hold()
                except OperationalError as error:
                    logger.warning("The lease of %s waits: %s", self.submission.pk, error)
        except LostLease:
            return
        finally:
            connection.close()

    def hold(self) -> None:
        """Keep the lease for a while longer; raises ``LostLease`` when it is another's."""
        moment = now()
        held = Submission.objects.filter(
            pk=self.submission.pk,
            state=SubmissionState.CHECKING,
            checking_attempt=self.attempt,
        ).update(checking_lease_until=moment + LEASE)
        if not held:
            raise LostLease(str(self.submission.pk))
        self.beaten_at = moment

    def progress(self, summary: str, done: int, total: int) -> None:
        """Say how far the running step is, at most once a second."""
        if self.beaten_at is not None and now() - self.beaten_at < BEAT:
            return
        self.hold()
        if self.check is not None:
            percent = 100 * done // max(total, 1)
            detail = {"done": done, "total": total}
            Check.objects.filter(pk=self.check.pk, state=CheckState.RUNNING).update(
                summary=f"{summary}: {percent} %", detail=detail
            )

    @transaction.atomic
    def start(self, check: Check) -> None:
        """Mark a step as running."""
        self.hold()
        self.check = check
        check.state, check.started_at, check.finished_at = CheckState.RUNNING, now(), None
        check.save(update_fields=["state", "started_at", "finished_at", "updated_at"])

    @transaction.atomic
    def finish(self, check: Check, state: CheckState, summary: str, detail: dict[str, Any]) -> None:
        """Write down how a step ended."""
        self.hold()
        check.state = state
        check.summary, check.detail = without_nul([summary[:500], detail])
        check.finished_at = now()
        check.save(update_fields=["state", "summary", "detail", "finished_at", "updated_at"])


def claim(submission_id: str) -> Examination | None:
    """Take a submission that waits for its checks; ``None`` when there is nothing to do.

    Taken is one whose lease was never given or has run out: its worker died.
    """
    moment = now()
    taken = (
        Submission.objects.filter(pk=submission_id, state=SubmissionState.CHECKING)
        .filter(Q(checking_lease_until=None) | Q(checking_lease_until__lte=moment))
        .update(checking_attempt=F("checking_attempt") + 1, checking_lease_until=moment + LEASE)
    )
    if not taken:
        return None
    rows = Submission.objects.select_related("listing__organization", "listing__license")
    submission = rows.get(pk=submission_id)
    return Examination(
        submission=submission,
        attempt=submission.checking_attempt,
        folder=_fresh_folder(submission),
        files=list(submission.files.select_related("submission").prefetch_related("parts")),
    )


def place_of(submission_id: object) -> Path:
    """Return the local folder for the examinations of one submission."""
    return Path(settings.DATA_DIR) / "checks" / str(submission_id)


def _fresh_folder(submission: Submission) -> Path:
    place = place_of(submission.pk)
    shutil.rmtree(place, ignore_errors=True)
    folder = place / f"{submission.checking_attempt}"
    folder.mkdir(parents=True)
    return folder
