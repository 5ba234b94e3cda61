"""Small uploads in one request: for browsers without JavaScript, and for commands."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

from accounts.types import Caller
from authoring.models import Submission
from authoring.services import submissions
from authoring.types import PART_BYTES, FileSpec
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.ui import readable_bytes

if TYPE_CHECKING:
    from catalog.models import Listing

READ_BYTES = 1 << 20


def submit(
    *, by: Caller | None, listing: "Listing", files: Mapping[str, IO[bytes]], **facts: Any
) -> Submission:
    """Open an upload, take all its files and queue its checks.

    ``facts`` are those of ``open_submission``. Files have at most 16 MB each. What breaks
    off midway stays open, to be continued. Raises what the steps raise.
    """
    specs = [_spec_of(path, content) for path, content in files.items()]
    _refuse_large(specs)
    submission = submissions.open_submission(by=by, listing=listing, files=specs, **facts)
    _send(by, submission, files)
    return submissions.complete(by=by, submission=submission)


def send_rest(
    *, by: Caller | None, submission: Submission, files: Mapping[str, IO[bytes]]
) -> Submission:
    """Send files of an open upload that are not whole yet; others are passed over.

    Completes the upload when nothing is missing any more.
    """
    open_files = {file.path for file in submission.files.filter(is_complete=False)}
    wanted = {path: content for path, content in files.items() if path in open_files}
    _refuse_large([_spec_of(path, content) for path, content in wanted.items()])
    _send(by, submission, wanted)
    if submission.files.filter(is_complete=False).exists():
        return submission
    return submissions.complete(by=by, submission=submission)


def _send(by: Caller | None, submission: Submission, files: Mapping[str, IO[bytes]]) -> None:
    for file in submission.files.select_related("submission__listing").filter(path__in=files):
        content = files[file.path]
        content.seek(file.received)
        submissions.receive(by=by, file=file, offset=file.received, chunk=content)


def _spec_of(path: str, content: IO[bytes]) -> FileSpec:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(READ_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return FileSpec(path, size, digest.hexdigest())


def _refuse_large(specs: Iterable[FileSpec]) -> None:
    problems = [
        FieldProblem(
            "files",
            f"{spec.path} has {readable_bytes(spec.size)}. Files above 16 MB are sent in parts: "
            "turn JavaScript on, or use the API.",
            "too_large",
        )
        for spec in specs
        if spec.size > PART_BYTES
    ]
    if problems:
        raise InvalidInput(problems)
