"""What may be announced: names, sizes, digests, numbers, quotas."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Sum

from accounts.types import Caller
from authoring.errors import NumberTaken, QuotaExceeded
from authoring.formats.names import largest, refusal_of_name, refusal_of_set
from authoring.models import IN_PROGRESS, Submission, SubmissionFile, SubmissionState
from authoring.services.runtimes import file_names
from authoring.types import MOST_FILES, RELATIONS, FileSpec
from catalog import selectors as catalog
from catalog.services.fields import number_problems
from marketplace.core.errors import FieldProblem

if TYPE_CHECKING:
    from catalog.models import Listing, Version

SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_NOTES = 10_000
KEEPS_BYTES = (*IN_PROGRESS, SubmissionState.REFUSED)


def submission_problems(
    number: str, notes: str, base: "Version | None", relation: str
) -> Iterable[FieldProblem]:
    """Yield what is wrong with the facts of an upload."""
    yield from number_problems(number)
    if len(notes) > LONGEST_NOTES or "\x00" in notes:
        yield FieldProblem("notes", f"At most {LONGEST_NOTES} characters, none of them null.")
    if relation and relation not in RELATIONS:
        yield FieldProblem("relation", f"Choose of {', '.join(RELATIONS)}.", "choice")
    if relation and base is None:
        yield FieldProblem("relation", "Name the base version too.", "required")


def file_problems(files: Sequence[FileSpec]) -> list[FieldProblem]:
    """Return what is wrong with announced files, each problem naming its file."""
    if not 0 < len(files) <= MOST_FILES:
        return [FieldProblem("files", f"Give 1 to {MOST_FILES} files.", "count")]
    found = [problem for place, file in enumerate(files) for problem in _of_file(place, file)]
    return found or list(_of_set([file.path for file in files]))


def _of_file(place: int, file: FileSpec) -> Iterable[FieldProblem]:
    field = f"files.{place}"
    refusal = refusal_of_name(file.path, file_names())
    if refusal:
        yield FieldProblem(f"{field}.path", refusal, "format")
        return
    most = largest(file.path) or settings.STOA_UPLOAD_MAX_BYTES
    if not 1 <= file.size <= most:
        yield FieldProblem(f"{field}.size", f"{file.path} has 1 to {most:,} bytes.", "range")
    if not SHA256.fullmatch(file.sha256):
        message = "The SHA-256 of the file: 64 lower-case hexadecimal characters."
        yield FieldProblem(f"{field}.sha256", message, "digest")


def _of_set(paths: Sequence[str]) -> Iterable[FieldProblem]:
    if len(set(paths)) != len(paths):
        yield FieldProblem("files", "Name each file once.", "unique")
    elif wrong := refusal_of_set(paths):
        yield FieldProblem("files", wrong, "incomplete")
    elif "config.json" not in paths:
        yield FieldProblem("files", "config.json is missing.", "incomplete")


def refuse_taken_number(listing: "Listing", number: str) -> None:
    """Refuse a number in use; a refused upload gives its number free again."""
    open_ones = Submission.objects.filter(listing=listing, number=number, state__in=IN_PROGRESS)
    versions = catalog.versions_of(listing, viewer=Caller(listing.organization))
    if open_ones.exists() or versions.filter(number=number).exists():
        raise NumberTaken(model=listing.model_id, number=number)


def refuse_beyond_quota(
    listing: "Listing", files: Sequence[FileSpec], *, but: Submission | None = None
) -> None:
    """Refuse files that, with the other uploads of the organization, would pass the quota."""
    rows = SubmissionFile.objects.filter(
        submission__organization=listing.organization, submission__state__in=KEEPS_BYTES
    )
    if but is not None:
        rows = rows.exclude(submission=but)
    used = rows.aggregate(sum=Sum("size", default=0))["sum"]
    wanted = sum(file.size for file in files)
    if used + wanted > settings.STOA_UPLOAD_MAX_BYTES:
        raise QuotaExceeded(allowed=settings.STOA_UPLOAD_MAX_BYTES, used=used, wanted=wanted)
