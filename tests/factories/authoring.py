"""Listings, folders and uploads for tests: real files through the real services."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accounts.types import Caller
from authoring.models import Check, Submission, SubmissionFile
from authoring.services import submissions
from authoring.types import PART_BYTES, FileSpec
from catalog.models import Listing, Version
from catalog.services.listings import create_listing
from tests.inference.runtimes.tiny_others import tiny_tabular


def make_listing(by: Caller, slug: str = "scorer", **fields: Any) -> Listing:
    """Return a draft listing of the caller's organization, for tabular scoring unless told."""
    values = {"name": slug.capitalize(), "task": "tabular-classification", **fields}
    return create_listing(by=by, slug=slug, license_spdx="Apache-2.0", **values)


def spec_of(path: Path) -> FileSpec:
    """Return what an author declares of a file."""
    data = path.read_bytes()
    return FileSpec(path.name, len(data), hashlib.sha256(data).hexdigest())


def specs_of(folder: Path) -> list[FileSpec]:
    """Return what an author declares of a folder."""
    return [spec_of(path) for path in sorted(folder.iterdir())]


def send(by: Caller | None, file: SubmissionFile, data: bytes) -> None:
    """Send all of a file, in as many parts as it takes."""
    for offset in range(0, len(data), PART_BYTES):
        part = io.BytesIO(data[offset : offset + PART_BYTES])
        submissions.receive(by=by, file=file, offset=offset, chunk=part)


def uploaded(
    by: Caller, listing: Listing, folder: Path, number: str = "1.0.0", **options: Any
) -> Submission:
    """Open an upload of a folder and send every file; it is not completed yet."""
    submission = submissions.open_submission(
        by=by, listing=listing, number=number, files=specs_of(folder), **options
    )
    for file in submission.files.all():
        send(by, file, (folder / file.path).read_bytes())
    return submission


def checked(
    by: Caller, listing: Listing, folder: Path, number: str = "1.0.0", **options: Any
) -> Submission:
    """Upload a folder and examine it in this process; returns it with its verdict."""
    submission = uploaded(by, listing, folder, number, **options)
    submissions.complete(by=by, submission=submission)
    submissions.run_checks(str(submission.pk))
    submission.refresh_from_db()
    return submission


def published(
    by: Caller, listing: Listing, folder: Path, number: str = "1.0.0", **options: Any
) -> Version:
    """Upload, examine and publish a folder; returns the version."""
    submission = checked(by, listing, folder, number, **options)
    return submissions.publish(by=by, submission=submission).version


def failed_check(submission: Submission) -> Check:
    """Return the one step that failed."""
    return submission.checks.get(state="failed")


def states_of(submission: Submission) -> list[str]:
    """Return the states of the steps in order."""
    return [check.state for check in submission.checks.all()]


def write_broken(folder: Path, data: bytes, path: str = "model.safetensors") -> Path:
    """Write a sound tabular model with one file replaced by these bytes."""
    tiny_tabular(folder)
    (folder / path).write_bytes(data)
    return folder


def all_parts(folder: Path) -> Iterator[Path]:
    """Yield every stored part below the private storage of a test."""
    yield from (path for path in (folder / "default").rglob("*") if path.is_file())
