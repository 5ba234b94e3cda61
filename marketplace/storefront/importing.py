"""Publishes a folder of model files through the same services as any author's upload."""

import hashlib
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from accounts.types import Caller
from authoring.selectors import submissions_of_listing
from authoring.services import checking, publishing, submissions
from authoring.types import PART_BYTES, FileSpec
from marketplace.core.errors import Conflict

if TYPE_CHECKING:
    from authoring.models import Submission, SubmissionFile
    from catalog.models import Listing, Version

Report = Callable[[str], None]
LONGEST_EXAMINATION_SECONDS = 1800
UNFINISHED = ("uploading", "passed", "refused")
LEFT_OUT = {"training_record.json"}


def publish_folder(
    *,
    by: Caller,
    listing: "Listing",
    number: str,
    folder: Path,
    notes: str = "",
    base: "Version | None" = None,
    relation: str = "",
    report: Report = lambda line: None,
) -> "Version":
    """Submit the files of a folder as a version, run its checks here, and publish it.

    Raises ``Conflict`` naming the check that failed.
    """
    _give_up_earlier(by, listing, number)
    files = sorted(path for path in folder.iterdir() if path.name not in LEFT_OUT)
    submission = submissions.open_submission(
        by=by,
        listing=listing,
        number=number,
        files=[spec_of(path) for path in files],
        notes=notes,
        base_version=base,
        relation=relation,
    )
    for file in submission.files.all():
        _send(by, file, folder / file.path)
    submissions.complete(by=by, submission=submission)
    _examine(submission)
    for check in submission.checks.all():
        report(f"{check.get_kind_display()}: {check.get_state_display()}. {check.summary}")
        if check.state == "failed":
            raise Conflict(reason=f"{listing} {number}: {check.summary}")
    version = publishing.publish(by=by, submission=submission).version
    assert version is not None
    return version


def _give_up_earlier(by: Caller, listing: "Listing", number: str) -> None:
    """Abandon what an earlier try left behind, so that a second one can succeed."""
    left = submissions_of_listing(by, listing).filter(number=number, state__in=UNFINISHED)
    for submission in left:
        submissions.abandon(by=by, submission=submission)


def _examine(submission: "Submission") -> None:
    """Run the checks here, or wait for the worker that took them up first."""
    checking.run_checks(str(submission.pk))
    deadline = time.monotonic() + LONGEST_EXAMINATION_SECONDS
    while time.monotonic() < deadline:
        submission.refresh_from_db()
        if submission.state != "checking":
            return
        time.sleep(0.3)
    raise Conflict(reason=f"{submission} was not examined in time; is its worker alive?")


def spec_of(path: Path) -> FileSpec:
    """Return what announces a file: its name, size and digest."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileSpec(path.name, path.stat().st_size, digest)


def _send(by: Caller, file: "SubmissionFile", path: Path) -> None:
    with path.open("rb") as stream:
        offset = 0
        while offset < file.size:
            stream.seek(offset)
            file = submissions.receive(
                by=by,
                file=file,
                offset=offset,
                chunk=io.BytesIO(stream.read(PART_BYTES)),
            )
            offset = file.received
