"""Uploads: opened, received part by part, completed, opened again, abandoned."""

from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.services import audit
from accounts.types import Caller
from authoring import dispatch
from authoring.errors import (
    BadPart,
    FilesMissing,
    NumberTaken,
    PartTooLarge,
    UploadClosed,
    WrongOffset,
)
from authoring.models import (
    Check,
    CheckKind,
    Submission,
    SubmissionFile,
    SubmissionState,
    UploadPart,
)
from authoring.services import spool
from authoring.services.checking import run_checks
from authoring.services.declaring import (
    file_problems,
    refuse_beyond_quota,
    refuse_taken_number,
    submission_problems,
)
from authoring.services.publishing import discard_draft, publish
from authoring.types import PART_BYTES, SMALLEST_PART_BYTES, FileSpec
from catalog.services.rights import require_author, require_operator
from marketplace.core.errors import Conflict, InvalidInput, NotFound

if TYPE_CHECKING:
    from catalog.models import Listing, Version

__all__ = [
    "abandon",
    "complete",
    "open_submission",
    "publish",
    "receive",
    "reopen",
    "run_checks",
    "run_checks_again",
]


@transaction.atomic
def open_submission(
    *,
    by: Caller | None,
    listing: "Listing",
    number: str,
    files: Sequence[FileSpec],
    notes: str = "",
    base_version: "Version | None" = None,
    relation: str = "",
    publish_when_passed: bool = False,
) -> Submission:
    """Announce the files of a new version, with their sizes and digests.

    Raises ``PermissionMissing``, ``NumberTaken``, ``QuotaExceeded``, and ``InvalidInput``
    naming each file that is not taken and why.
    """
    require_author(by, listing)
    relation = relation or ("adapter" if base_version else "")
    problems = [*submission_problems(number, notes, base_version, relation), *file_problems(files)]
    if problems:
        raise InvalidInput(problems)
    refuse_taken_number(listing, number)
    refuse_beyond_quota(listing, files)
    submission = _save(
        Submission(
            organization=listing.organization,
            listing=listing,
            number=number,
            notes=notes,
            base_version=base_version,
            relation=relation,
            submitted_by=by.user if by else None,
            publish_when_passed=publish_when_passed,
        )
    )
    _declare(submission, files)
    _audit("submission.open", by, submission, number=number, files=len(files))
    return submission


def _save(submission: Submission) -> Submission:
    try:
        with transaction.atomic():
            submission.save()
    except IntegrityError:  # another request took the number in this very moment
        model = submission.listing.model_id
        raise NumberTaken(model=model, number=submission.number) from None
    return submission


def _declare(submission: Submission, files: Iterable[FileSpec]) -> None:
    SubmissionFile.objects.bulk_create(
        SubmissionFile(submission=submission, path=file.path, size=file.size, sha256=file.sha256)
        for file in files
    )


def receive(
    *,
    by: Caller | None,
    file: SubmissionFile,
    offset: int,
    chunk: IO[bytes],
    length: int | None = None,
) -> SubmissionFile:
    """Take the next part of a file, at most 16 MB, beginning where the last one ended.

    A part is stored whole or not at all; of two writers at one offset the first wins.
    ``length`` is how many bytes the sender announced. Raises ``WrongOffset`` naming the
    right one, ``UploadClosed``, ``PartTooLarge``, ``BadPart``, and ``NotFound`` when the
    upload was given other files meanwhile.
    """
    require_author(by, file.submission.listing)
    _refresh(file, "received", "size")
    file.submission.refresh_from_db(fields=["state"])
    _refuse_closed(file.submission)
    _refuse_offset(file, offset)
    with spool.new_spool() as arriving:
        size = spool.copy_bounded(chunk, arriving, most=PART_BYTES)
        _refuse_size(file, size, length)
        key = spool.store_part(file, offset, arriving)
    try:
        return _append(by, file, UploadPart(file=file, offset=offset, size=size, key=key))
    except BaseException:
        spool.delete_key(key)
        raise


def _refresh(file: SubmissionFile, *fields: str) -> None:
    try:
        file.refresh_from_db(fields=fields)
    except SubmissionFile.DoesNotExist:
        raise NotFound(kind="file of this name") from None


def _refuse_closed(submission: Submission) -> None:
    if submission.state != SubmissionState.UPLOADING:
        raise UploadClosed(submission=str(submission), state=submission.state)


def _refuse_offset(file: SubmissionFile, offset: int) -> None:
    if offset != file.received or file.received == file.size:
        raise WrongOffset(path=file.path, received=file.received, offset=offset)


def _refuse_size(file: SubmissionFile, size: int, length: int | None) -> None:
    left = file.size - file.received
    if size > PART_BYTES:
        raise PartTooLarge(largest=PART_BYTES)
    if size > left:
        reason = f"{file.path} ends {left} bytes after this offset; the part has more."
        raise BadPart(reason=reason)
    if length is not None and size != length:
        raise BadPart(reason=f"{length} bytes were announced and {size} came.")
    if size < min(SMALLEST_PART_BYTES, left):
        reason = f"The part has {size} bytes; all but the last have {SMALLEST_PART_BYTES} or more."
        raise BadPart(reason=reason)


@transaction.atomic
def _append(by: Caller | None, file: SubmissionFile, part: UploadPart) -> SubmissionFile:
    submission = Submission.objects.select_for_update().get(pk=file.submission_id)
    _refuse_closed(submission)
    is_mine = SubmissionFile.objects.filter(pk=file.pk, received=part.offset).update(
        received=F("received") + part.size, is_complete=part.offset + part.size == file.size
    )
    _refresh(file, "received", "is_complete")
    if not is_mine:
        raise WrongOffset(path=file.path, received=file.received, offset=part.offset)
    part.save(force_insert=True)
    submission.save(update_fields=["updated_at"])
    if file.is_complete:
        _audit("submission.file_received", by, submission, path=file.path, size=file.size)
    return file


@transaction.atomic
def complete(*, by: Caller | None, submission: Submission) -> Submission:
    """Close the upload and queue its checks; completing twice is harmless.

    Raises ``FilesMissing`` naming the files that are not whole.
    """
    require_author(by, submission.listing)
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    if submission.state == SubmissionState.CHECKING:
        return submission
    _refuse_closed(submission)
    missing = [f"{one} ({one.received} of {one.size} bytes)" for one in _not_whole(submission)]
    if missing:
        raise FilesMissing(files=", ".join(missing))
    _queue(submission)
    _audit("submission.complete", by, submission)
    return submission


def _not_whole(submission: Submission) -> Iterable[SubmissionFile]:
    return submission.files.filter(is_complete=False)


def _queue(submission: Submission) -> None:
    submission.move_to(SubmissionState.CHECKING)
    submission.checking_attempt = 0
    submission.checking_lease_until = None
    submission.save(
        update_fields=["state", "checking_attempt", "checking_lease_until", "updated_at"]
    )
    submission.checks.all().delete()
    Check.objects.bulk_create(
        Check(submission=submission, kind=kind, position=position)
        for position, kind in enumerate(CheckKind, start=1)
    )
    dispatch.check_submission(str(submission.pk))


@transaction.atomic
def reopen(*, by: Caller | None, submission: Submission, files: Sequence[FileSpec]) -> Submission:
    """Open a refused upload again with another set of files; unchanged ones keep their bytes.

    Raises ``Conflict`` once its content is signed, and what ``open_submission`` raises.
    """
    require_author(by, submission.listing)
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    if submission.version_id is not None:
        raise Conflict(
            reason=f"The content of {submission} is signed; open an upload with another number."
        )
    if problems := file_problems(files):
        raise InvalidInput(problems)
    refuse_beyond_quota(submission.listing, files, but=submission)
    if submission.state != SubmissionState.UPLOADING:
        refuse_taken_number(submission.listing, submission.number)
        submission.move_to(SubmissionState.UPLOADING)
    _save(submission)
    submission.checks.all().delete()
    _replace(submission, files)
    _audit("submission.reopen", by, submission, files=len(files))
    return submission


def _replace(submission: Submission, files: Sequence[FileSpec]) -> None:
    wanted = {(file.path, file.size, file.sha256): file for file in files}
    dropped = []
    for row in submission.files.select_related("submission"):
        if wanted.pop((row.path, row.size, row.sha256), None) is None:
            dropped.append(row)
    _drop(dropped)
    _declare(submission, wanted.values())


def _drop(files: list[SubmissionFile]) -> None:
    """Remove the rows now, and the bytes once that has committed."""
    folders = [spool.folder_of_file(file) for file in files]
    SubmissionFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    transaction.on_commit(lambda: spool.empty_folders(folders))


@transaction.atomic
def run_checks_again(*, by: Caller | None, submission: Submission) -> Submission:
    """Examine a refused or passed submission once more; for the operator, or its author.

    An author may do so after a refusal, an operator also after a pass.
    """
    require_author(by, submission.listing)
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    if submission.state == SubmissionState.PASSED:
        require_operator(by)
    if submission.state == SubmissionState.REFUSED and submission.version_id is None:
        refuse_taken_number(submission.listing, submission.number)
    _queue(submission)
    _audit("submission.check_again", by, submission)
    return submission


@transaction.atomic
def abandon(*, by: Caller | None, submission: Submission) -> Submission:
    """Give an upload up and remove what was received; raises ``NotInThisState`` if published.

    A draft version that it became is discarded, which gives its number free again.
    """
    require_author(by, submission.listing)
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    if submission.state == SubmissionState.ABANDONED:
        return submission
    submission.move_to(SubmissionState.ABANDONED)
    submission.save(update_fields=["state", "updated_at"])
    discard_draft(by, submission)
    transaction.on_commit(lambda: spool.delete_submission(submission))
    _audit("submission.abandon", by, submission)
    return submission


def _audit(action: str, by: Caller | None, submission: Submission, **data: object) -> None:
    audit.record(
        action, by=by, target=submission, organization=submission.listing.organization, **data
    )
