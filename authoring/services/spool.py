"""Bytes on their way in: parts in the private storage, joined for the checks.

Names are made here; nothing an author writes becomes part of a storage key.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import storages

from authoring.models import Submission, SubmissionFile, UploadPart
from marketplace.core.ids import random_base62
from marketplace.core.storage import has_blob, read_chunks

CHUNK_BYTES = 1 << 20
Progress = Callable[[int], None]


class Missing(Exception):
    """Bytes that were received are not in the storage any more."""


def folder_of(submission: Submission) -> str:
    """Return the storage folder of a submission's parts."""
    return f"uploads/{submission.pk}"


def copy_bounded(source: IO[bytes], target: IO[bytes], *, most: int) -> int:
    """Copy until the source ends or has given more than ``most`` bytes; return how many."""
    copied = 0
    while copied <= most:
        chunk = source.read(min(CHUNK_BYTES, most + 1 - copied))
        if not chunk:
            break
        target.write(chunk)
        copied += len(chunk)
    return copied


def store_part(file: SubmissionFile, offset: int, spool: IO[bytes]) -> str:
    """Store one part and return its key."""
    spool.seek(0)
    name = f"{folder_of_file(file)}/{offset:020d}-{random_base62(12)}"
    return storages["default"].save(name, File(spool))


def delete_key(key: str) -> None:
    """Remove one stored part; removing what is not there is harmless."""
    storages["default"].delete(key)


def folder_of_file(file: SubmissionFile) -> str:
    """Return the storage folder of one file's parts."""
    return f"{folder_of(file.submission)}/{file.pk}"


def delete_submission(submission: Submission) -> None:
    """Remove everything received for a submission, parts that a crash left without a row too."""
    empty_folders([folder_of_file(file) for file in submission.files.all()])
    UploadPart.objects.filter(file__submission=submission).delete()
    storages["default"].delete(folder_of(submission))


def empty_folders(folders: Sequence[str]) -> None:
    """Remove folders of parts; what is not there is no matter."""
    for folder in folders:
        for name in _names_in(folder):
            storages["default"].delete(f"{folder}/{name}")
        storages["default"].delete(folder)


def _names_in(folder: str) -> list[str]:
    try:
        return storages["default"].listdir(folder)[1]
    except FileNotFoundError:
        return []


def assemble(file: SubmissionFile, target: Path, progress: Progress) -> str:
    """Join a file's parts into ``target`` and return the SHA-256 of what is there.

    Reads the stored blob where the parts are gone since the checks passed. Raises ``Missing``.
    """
    digest, written = hashlib.sha256(), 0
    with target.open("xb") as out:
        for chunk in _chunks(file):
            out.write(chunk)
            digest.update(chunk)
            written += len(chunk)
            progress(written)
    if written != file.size:
        raise Missing(f"{file.path}: {written} of {file.size} bytes are stored")
    return digest.hexdigest()


def _chunks(file: SubmissionFile) -> Iterator[bytes]:
    parts = list(file.parts.all())
    if not parts and has_blob(file.sha256):
        yield from read_chunks(file.sha256)
    for part in parts:
        try:
            with storages["default"].open(part.key, "rb") as stored:
                while chunk := stored.read(CHUNK_BYTES):
                    yield chunk
        except FileNotFoundError:
            raise Missing(f"{file.path}: the part at {part.offset} is gone") from None


def new_spool() -> IO[bytes]:
    """Return an unnamed temporary file, for a part that is still arriving."""
    return tempfile.TemporaryFile()
