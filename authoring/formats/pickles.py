"""What a refused pickle would have run: evidence for its author, not a wall."""

import io
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from picklescan.scanner import SafetyLevel, ScanResult, scan_pickle_bytes

from authoring.formats.magic import has_small_directory

# The scanner keeps about 100 bytes for each byte that it reads.
LARGEST_PICKLE = 1 << 20
MOST_PICKLES = 20
MOST_NAMES = 12
DEEPEST_ZIP = 2
PICKLE_SUFFIXES = (".pkl", ".pickle", ".pt", ".npy", ".bin")

logging.getLogger("picklescan").setLevel(logging.CRITICAL)


def calls_in(path: Path) -> list[str]:
    """Name the functions that the pickles in a file would call, the dangerous ones first.

    Reads opcodes only, from a bounded part of the file; returns nothing when it cannot.
    """
    found: dict[str, bool] = {}
    with path.open("rb") as file:
        for data in _pickles_in(file, depth=0):
            for one in _scan(data).globals:
                name = f"{one.module}.{one.name}"
                found[name] = found.get(name, False) or one.safety is not SafetyLevel.Innocuous
    ordered = sorted(found, key=lambda name: (not found[name], name))
    return ordered[:MOST_NAMES]


def _scan(data: bytes) -> ScanResult:
    try:
        return scan_pickle_bytes(io.BytesIO(data), "upload")
    except Exception:  # a hostile stream may break the scanner; the file is refused all the same
        return ScanResult([])


def _pickles_in(file: IO[bytes], *, depth: int) -> Iterator[bytes]:
    """Yield at most ``LARGEST_PICKLE`` bytes of every pickle, looking into zips."""
    if not zipfile.is_zipfile(file):
        file.seek(0)
        yield _behind_header(file.read(LARGEST_PICKLE))
    elif depth < DEEPEST_ZIP and has_small_directory(file):
        for data in _members(file):
            yield from _pickles_in(io.BytesIO(data), depth=depth + 1)


def _members(file: IO[bytes]) -> Iterator[bytes]:
    left = LARGEST_PICKLE
    try:
        with zipfile.ZipFile(file) as archive:
            wanted = [one for one in archive.infolist() if one.filename.endswith(PICKLE_SUFFIXES)]
            for member in wanted[:MOST_PICKLES]:
                with archive.open(member) as source:
                    data = source.read(left)
                left -= len(data)
                yield data
    except Exception:  # the standard library raises a dozen kinds on broken archives
        return


def _behind_header(data: bytes) -> bytes:
    """Step over a NumPy header or a tar header to the pickle behind it."""
    if data.startswith(b"\x93NUMPY"):
        return data[data.find(b"\n") + 1 :]
    return data[512:] if data[257:262] == b"ustar" else data
