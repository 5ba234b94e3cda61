"""A safetensors file judged by its header, then by its numbers, without loading it.

Format: huggingface/safetensors README, "Format": eight bytes of header length, a JSON
header, then one buffer that the tensors cover without holes and without overlaps.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import IO, Any

import numpy as np

from authoring.formats.bounded_json import BadJson, read_bounded

LARGEST_HEADER = 16 << 20
DEEPEST_HEADER = 4
MOST_TENSORS = 100_000
LONGEST_NAME = 512
MOST_DIMENSIONS = 8
LARGEST_DIMENSION = 1 << 40
MOST_ELEMENTS = 1 << 60
ELEMENT_BYTES = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "I16": 2,
    "U16": 2,
    "F16": 2,
    "BF16": 2,
    "I32": 4,
    "U32": 4,
    "F32": 4,
    "I64": 8,
    "U64": 8,
    "F64": 8,
}
# For each float type: the unsigned view, the bits that a number that is not finite sets.
FLOAT_BITS: Mapping[str, tuple[str, int]] = {
    "F8_E4M3": ("u1", 0x7F),
    "F8_E5M2": ("u1", 0x7C),
    "F16": ("<u2", 0x7C00),
    "BF16": ("<u2", 0x7F80),
    "F32": ("<u4", 0x7F800000),
    "F64": ("<u8", 0x7FF0000000000000),
}
CHUNK_BYTES = 8 << 20


class BadTensors(ValueError):
    """The file is not a safetensors file that can be served; the message says why.

    ``code`` names the refusal and stays the same when the words change.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code if "." in code else f"tensors.{code}"
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Tensor:
    """One entry of the header; offsets count from the start of the buffer."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def elements(self) -> int:
        """Return how many numbers the tensor holds."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Header:
    """What a file holds: its tensors in the order of their bytes."""

    length: int
    tensors: tuple[Tensor, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """Return the count of all numbers in the file."""
        return sum(tensor.elements for tensor in self.tensors)


def read_header(path: Path) -> Header:
    """Read and check the header against the size of the file; raises ``BadTensors``."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = _header_length(file, size)
        header = _parse(file.read(length))
    metadata = _metadata(header.pop("__metadata__", {}))
    if len(header) > MOST_TENSORS:
        raise BadTensors(
            "too_many", f"it names {len(header):,} tensors; at most {MOST_TENSORS:,} are allowed"
        )
    tensors = sorted(
        (_tensor(name, entry) for name, entry in header.items()),
        key=lambda one: (one.begin, one.end),
    )
    _check_cover(tensors, buffer=size - 8 - length)
    return Header(length, tuple(tensors), metadata)


def _header_length(file: IO[bytes], size: int) -> int:
    start = file.read(8)
    if len(start) < 8:
        raise BadTensors(
            "cut_off", f"it ends after {size} bytes, before its header; it was cut off"
        )
    length = int.from_bytes(start, "little")
    if length > LARGEST_HEADER:
        raise BadTensors(
            "header_too_large",
            f"it announces a header of {length:,} bytes; at most {LARGEST_HEADER:,} are allowed",
        )
    if length > size - 8:
        raise BadTensors(
            "cut_off",
            f"its header should have {length:,} bytes, and the file ends after {size:,}; "
            "it was cut off",
        )
    return length


def _parse(data: bytes) -> dict[str, Any]:
    if not data.startswith(b"{"):
        raise BadTensors(
            "header", "its header does not begin with '{'; it is not a safetensors file"
        )
    try:
        header = read_bounded(data, largest=LARGEST_HEADER, deepest=DEEPEST_HEADER)
    except BadJson as error:
        raise BadTensors(error.code, f"its header cannot be read: {error}") from None
    if not isinstance(header, dict):
        raise BadTensors("header", "its header is not a JSON object")
    return header


def _metadata(found: Any) -> Mapping[str, str]:
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise BadTensors("metadata", "__metadata__ must map names to texts")
    return found


def _tensor(name: str, entry: Any) -> Tensor:
    shown = f"the tensor {name[:120]!r}"
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadTensors("name", f"{shown} has a name that is empty, too long or not printable")
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise BadTensors("entry", f"{shown} must have exactly dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in ELEMENT_BYTES:
        raise BadTensors(
            "dtype",
            f"{shown} is of the type {str(dtype)[:20]!r}; allowed are {', '.join(ELEMENT_BYTES)}",
        )
    if not _is_whole_list(shape, most=MOST_DIMENSIONS):
        raise BadTensors(
            "shape", f"{shown} has a shape that is not a list of at most 8 whole numbers"
        )
    if not _is_whole_list(offsets, most=2) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise BadTensors("offsets", f"{shown} has data_offsets that are not a start and an end")
    if any(size >= MOST_ELEMENTS for size in accumulate(shape, mul)):
        raise BadTensors("shape", f"{shown} has a shape whose product is too large")
    tensor = Tensor(name, dtype, tuple(shape), *offsets)
    needed = tensor.elements * ELEMENT_BYTES[dtype]
    if needed != tensor.end - tensor.begin:
        raise BadTensors(
            "size",
            f"{shown} needs {needed:,} bytes for its shape and has {tensor.end - tensor.begin:,}",
        )
    return tensor


def _is_whole_list(found: Any, *, most: int) -> bool:
    return (
        isinstance(found, list)
        and len(found) <= most
        and all(type(one) is int and 0 <= one <= LARGEST_DIMENSION for one in found)
    )


def _check_cover(tensors: list[Tensor], *, buffer: int) -> None:
    reached = 0
    for tensor in tensors:
        if tensor.begin < reached:
            raise BadTensors(
                "overlap", f"the tensor {tensor.name[:120]!r} overlaps the one before it"
            )
        if tensor.begin > reached:
            raise BadTensors(
                "hole",
                f"there is a hole of {tensor.begin - reached:,} bytes before {tensor.name[:120]!r}",
            )
        reached = tensor.end
    if reached > buffer:
        raise BadTensors(
            "cut_off",
            f"its tensors need {reached:,} bytes and {buffer:,} are there; it was cut off",
        )
    if reached < buffer:
        raise BadTensors("left_over", f"{buffer - reached:,} bytes at its end belong to no tensor")


def find_not_finite(
    path: Path, header: Header, progress: Callable[[int], None] = lambda _: None
) -> str:
    """Return the name of the first tensor that holds NaN or an infinity; else empty.

    ``progress`` is told the bytes read so far.
    """
    with path.open("rb") as file:
        for tensor in header.tensors:
            if tensor.dtype not in FLOAT_BITS:
                continue
            file.seek(8 + header.length + tensor.begin)
            if not _is_finite(file, tensor, progress):
                return tensor.name
    return ""


def _is_finite(file: IO[bytes], tensor: Tensor, progress: Callable[[int], None]) -> bool:
    view, bits = FLOAT_BITS[tensor.dtype]
    left = tensor.end - tensor.begin
    while left > 0:
        data = file.read(min(left, CHUNK_BYTES))
        if not data:
            return False
        left -= len(data)
        values = np.frombuffer(data, dtype=view)
        if bool(((values & values.dtype.type(bits)) == bits).any()):
            return False
        progress(tensor.end - left)
    return True
