"""The files of a version on this machine, each of them checked before anything loads it."""

import hashlib
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath

from django.conf import settings

from catalog.types import VersionFileRef, VersionRef
from marketplace.core.model_signing import verify_bundle
from marketplace.core.signing import BadSignature
from marketplace.core.storage import read_chunks

logger = logging.getLogger(__name__)
# From being asked for to being resident a copy must stay.
IN_USE_SECONDS = 600


class TamperedArtifact(Exception):
    """The bytes of a version, or its signature, are not what the operator signed."""


class MissingArtifact(Exception):
    """A file of a version is not in the artifact store."""


def materialize(ref: VersionRef) -> Path:
    """Return a folder holding exactly the signed files of a version.

    Files are hashed on every call, so call it once per load. A local copy that changed is
    replaced from the store. Raises ``TamperedArtifact`` and ``MissingArtifact``.
    """
    _check_signature(ref)
    folder = _place_of(ref)
    if folder.is_dir():
        wrong = _first_wrong(folder, ref)
        if wrong is None:
            with suppress(OSError):  # a disk that is only read has nothing to tidy
                os.utime(folder)
            return folder
        _alarm(ref, f"the local copy of {wrong} changed; it is fetched again")
        shutil.rmtree(folder, ignore_errors=True)
    _fetch(ref, folder)
    with suppress(OSError):  # another process tidies at this moment
        _tidy(folder.parent)
    return folder


def _tidy(place: Path) -> None:
    """Remove the copies used least recently until the rest fits; a copy in use may be loading."""
    copies = [path for path in place.iterdir() if not path.name.startswith(".")]
    sizes = {path: _size_of(path) for path in copies}
    surplus = sum(sizes.values()) - settings.STOA_VERSION_CACHE_MB * 1_000_000
    for path in sorted(copies, key=_used_at):
        if surplus <= 0 or time.time() - _used_at(path) < IN_USE_SECONDS:
            return
        logger.info("The copy of version %s leaves the disk for others.", path.name[:12])
        shutil.rmtree(path, ignore_errors=True)
        surplus -= sizes[path]


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _used_at(folder: Path) -> float:
    return folder.stat().st_mtime


def _place_of(ref: VersionRef) -> Path:
    return Path(settings.DATA_DIR) / "cache" / "versions" / ref.digest


def _check_signature(ref: VersionRef) -> None:
    pairs = [(file.path, file.sha256) for file in ref.files]
    try:
        digest = verify_bundle(ref.bundle, pairs)
    except BadSignature as error:
        raise _alarm(ref, f"its signature does not hold: {error}") from None
    if digest != ref.digest:
        raise _alarm(ref, "its files have another digest")
    for file in ref.files:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts:
            raise _alarm(ref, "a file lies outside its folder")


def _fetch(ref: VersionRef, folder: Path) -> None:
    """Build the folder beside its place and move it there, so that no half of it is seen."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{ref.digest[:12]}.", dir=folder.parent))
    try:
        for file in ref.files:
            _copy(ref, file, draft / file.path)
        with suppress(OSError):  # another process was first; its copy is checked below
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if wrong := _first_wrong(folder, ref):
        raise _alarm(ref, f"{wrong} changed while it was stored")


def _copy(ref: VersionRef, file: VersionFileRef, target: Path) -> None:
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("wb") as sink:
            for chunk in read_chunks(file.sha256):
                digest.update(chunk)
                size += len(chunk)
                sink.write(chunk)
    except FileNotFoundError:
        raise MissingArtifact(f"{file.path} of {ref.digest[:12]} is not stored.") from None
    if (digest.hexdigest(), size) != (file.sha256, file.size):
        raise _alarm(ref, f"{file.path} in the artifact store is not what was signed")
    target.chmod(0o444)


def _first_wrong(folder: Path, ref: VersionRef) -> str | None:
    """Name the first file that differs from the signed ones; ``None`` when none does."""
    expected = {file.path: file.sha256 for file in ref.files}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if surplus := sorted(found - expected.keys()):
        return surplus[0]
    return next((path for path, sha in expected.items() if _sha256(folder / path) != sha), None)


def _sha256(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _alarm(ref: VersionRef, reason: str) -> TamperedArtifact:
    logger.critical("Version %s is not served: %s.", ref.digest[:12], reason)
    return TamperedArtifact(f"Version {ref.digest[:12]}: {reason}.")
