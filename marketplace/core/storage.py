"""Content-addressed blobs over Django's storage (local files or S3)."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import storages

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob by its SHA-256 (hexadecimal) and its size in bytes."""

    sha256: str
    size: int


def blob_key(sha256: str) -> str:
    """Return the storage name of a blob."""
    return f"sha256/{sha256[:2]}/{sha256}"


def put_blob(source: IO[bytes]) -> StoredBlob:
    """Store the bytes of ``source`` under their digest; storing twice is harmless."""
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as spool:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            spool.write(chunk)
        sha256 = digest.hexdigest()
        storage = storages["artifacts"]
        if not storage.exists(blob_key(sha256)):
            spool.seek(0)
            storage.save(blob_key(sha256), File(spool))
    return StoredBlob(sha256=sha256, size=size)


def put_file(path: Path) -> StoredBlob:
    """Store a local file under its digest."""
    with path.open("rb") as source:
        return put_blob(source)


def has_blob(sha256: str) -> bool:
    """Tell whether a blob is stored."""
    return bool(storages["artifacts"].exists(blob_key(sha256)))


def open_blob(sha256: str) -> IO[bytes]:
    """Open a stored blob for reading; raises ``FileNotFoundError`` when it is gone."""
    stored: IO[bytes] = storages["artifacts"].open(blob_key(sha256), "rb")
    return stored


def read_chunks(sha256: str) -> Iterator[bytes]:
    """Yield the bytes of a blob in pieces of one mebibyte."""
    with open_blob(sha256) as stored:
        while chunk := stored.read(CHUNK_BYTES):
            yield chunk


def delete_blob(sha256: str) -> None:
    """Remove a blob; removing what is not there is harmless."""
    storages["artifacts"].delete(blob_key(sha256))
