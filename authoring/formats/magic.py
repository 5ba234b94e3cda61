"""What a file really is, by its bytes; its name proves nothing."""

import pickletools
import re
import zipfile
from pathlib import Path
from typing import IO

from authoring.formats import families
from authoring.formats.families import Family

HEAD_BYTES = 4096
MOST_MEMBERS = 10_000
LARGEST_DIRECTORY = 4 << 20
TAIL_BYTES = 65_558
ZIP64_LOCATOR = b"PK\x06\x07"
LARGEST_TEXT_PICKLE = 64 << 10
CALLS = {"REDUCE", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "BUILD"}
OLD_TORCH = bytes.fromhex("8a0a6cfc9c46f9206aa85019")
STARTS: tuple[tuple[bytes, Family], ...] = (
    (b"version https://git-lfs.github.com/spec/", families.LFS_POINTER),
    (b"\x93NUMPY", families.NUMPY),
    (b"\x89HDF\r\n\x1a\n", families.KERAS),
    (b"GGUF", families.GGUF),
    (b"ggjt", families.GGUF),
    (b"\x1f\x8b", families.ARCHIVE),
    (b"BZh", families.ARCHIVE),
    (b"\xfd7zXZ\x00", families.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", families.ARCHIVE),
    (b"Rar!\x1a\x07", families.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", families.ARCHIVE),
    (b"\x04\x22\x4d\x18", families.ARCHIVE),
    (b"\x5d\x00\x00", families.ARCHIVE),
    (b"\x78\x01", families.ARCHIVE),
    (b"\x78\x5e", families.ARCHIVE),
    (b"\x78\x9c", families.ARCHIVE),
    (b"\x78\xda", families.ARCHIVE),
    (b"\x7fELF", families.PROGRAM),
    (b"MZ", families.PROGRAM),
    (b"\xcf\xfa\xed\xfe", families.PROGRAM),
    (b"\xca\xfe\xba\xbe", families.PROGRAM),
    (b"\x00asm", families.PROGRAM),
    (b"#!", families.PROGRAM),
)
# ModelProto: ir_version as a small varint, then a producer name or a nested message.
ONNX_START = re.compile(rb"\x08[\x01-\x14][\x12\x1a\x22\x2a\x32\x3a\x42]")
PICKLE_ENDS = {"STOP", "REDUCE", "GLOBAL", "STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "BUILD"}
FEWEST_OPERATIONS = 4
OLD_PICKLE = re.compile(rb"(\(|c[\w.]+\n[\w.]+\n|\](q|\.)|\}(q|\.)|[(]?[ld]p?0?\n)")


def identify(path: Path, *, is_text: bool = False) -> Family | None:
    """Return the refused format that a file's bytes show, or ``None``.

    ``None`` does not mean that the file is good: it still has to be what its name says.
    A text may begin like a pickle made of plain letters; it is one only if it reads as one
    to its end and calls something.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if _begins_as_safetensors(head):
            return _as_zip(file) or _as_pickle(head)
        started = _by_start(head) or _as_zip(file)
        if started or not is_text or b"\x80" in head[:1]:
            return started or _as_pickle(head)
        file.seek(0)
        return families.PICKLE if _is_calling_pickle(file.read(LARGEST_TEXT_PICKLE)) else None


def _begins_as_safetensors(head: bytes) -> bool:
    """Tell whether eight bytes of header length and a brace come first.

    The length alone can look like the mark of another format: 640 is that of a pickle.
    """
    return head[8:9] == b"{" and head[3:8] == bytes(5)


def _by_start(head: bytes) -> Family | None:
    if head.startswith(b"\x93NUMPY") and re.search(rb"'descr':[^,]*O", head[:512]):
        return families.NUMPY_OBJECTS
    for start, family in STARTS:
        if head.startswith(start):
            return family
    if head[257:262] == b"ustar":
        return families.ARCHIVE
    if head[4:8] == b"TFL3":
        return families.TENSORFLOW
    return families.ONNX if ONNX_START.match(head) and b"\n" in head else None


def _as_zip(file: IO[bytes]) -> Family | None:
    """Read the directory of a zip, wherever in the file it is; never a member's bytes."""
    names = zip_names(file)
    if names is None:
        return None
    parts = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in parts or any("/code/" in name for name in names):
        return families.TORCHSCRIPT
    if parts & {"serialized_exported_program.json", "archive_format", "sample_inputs.pt"}:
        return families.EXPORTED
    if any("sample_inputs" in name for name in names):
        return families.EXPORTED
    if "data.pkl" in parts:
        return families.TORCH
    if parts and all(name.endswith(".npy") for name in parts if name):
        return families.NUMPY
    return families.KERAS if "model.weights.h5" in parts else families.ARCHIVE


def zip_names(file: IO[bytes]) -> list[str] | None:
    """Return the member names of a zip (at most 10,000 of them); ``None`` when it is none.

    A zip whose directory is not read, for its size or because it is broken, has no names.
    """
    file.seek(0)
    is_zip = file.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
    names: list[str] = []
    try:
        if zipfile.is_zipfile(file) and has_small_directory(file):
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()[:MOST_MEMBERS]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError):
        names = []
    return names if names or is_zip or _ends_as_zip(file) else None


def has_small_directory(file: IO[bytes]) -> bool:
    """Tell whether the end record announces a directory of bearable size."""
    tail, at = _end_record(file)
    return at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") <= LARGEST_DIRECTORY


def _end_record(file: IO[bytes]) -> tuple[bytes, int]:
    """Return the last bytes of a file and where in them the end record of a zip begins."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - TAIL_BYTES))
    tail = file.read()
    return tail, tail.rfind(b"PK\x05\x06")


def _ends_as_zip(file: IO[bytes]) -> bool:
    """Tell whether a second mark of a zip stands where the end record puts it.

    The end record's own four bytes alone come up by chance in one of 65,000 weight files.
    """
    tail, at = _end_record(file)
    if at < 0 or len(tail) < at + 22:
        return False
    if at >= 20 and tail[at - 20 : at - 16] == ZIP64_LOCATOR:
        return True
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    end = file.seek(0, 2) - len(tail) + at
    file.seek(max(0, end - size))
    return 0 < size <= end and file.read(4) == b"PK\x01\x02"


def _as_pickle(head: bytes) -> Family | None:
    if OLD_TORCH in head[:32]:
        return families.TORCH_LEGACY
    is_marked = re.match(rb"\x80[\x01-\x05]", head) or OLD_PICKLE.match(head)
    return families.PICKLE if is_marked and _has_pickle_opcodes(head) else None


def _has_pickle_opcodes(head: bytes) -> bool:
    """Tell whether bytes read as a pickle, to its end or to its first few operations."""
    seen = 0
    try:
        for opcode, _, _ in pickletools.genops(head):
            seen += 1
            if opcode.name in PICKLE_ENDS:
                return True
    except Exception:  # genops raises whatever its readers of arguments raise
        return seen >= FEWEST_OPERATIONS
    return False


def _is_calling_pickle(data: bytes) -> bool:
    """Tell whether bytes are a whole pickle that would call something."""
    names = set()
    try:
        for opcode, _, _ in pickletools.genops(data):
            names.add(opcode.name)
    except Exception:  # genops raises whatever its readers of arguments raise
        return False
    return "STOP" in names and bool(names & CALLS)
