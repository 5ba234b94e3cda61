"""Reads the weights of a CTranslate2 model: a flat list of named arrays, version 6.

Laid out in https://github.com/OpenNMT/CTranslate2, ``python/ctranslate2/specs/model_spec.py``.
Nothing in such a file is executed.
"""

import struct
from pathlib import Path
from typing import IO

import numpy as np

from marketplace.storefront.importers.errors import DonorUnreadable
from marketplace.storefront.importers.writing import Array

VERSION = 6
TYPES = ("<f4", "<i1", "<i2", "<i4", "<f2")
LARGEST_RANK = 4
LONGEST_NAME = 256


class UnexpectedModel(Exception):
    """The file is not laid out as expected."""


def read_model(path: Path, *, spec: str) -> dict[str, Array]:
    """Return the arrays of a ``model.bin`` of this spec; raises ``DonorUnreadable``."""
    try:
        with path.open("rb") as file:
            return _read(file, spec, path.stat().st_size)
    except (UnexpectedModel, struct.error, UnicodeDecodeError, ValueError) as error:
        raise DonorUnreadable(what=path.name, reason=str(error)) from None


def _read(file: IO[bytes], spec: str, size: int) -> dict[str, Array]:
    version, found = _number(file, "I"), _name(file)
    if (version, found) != (VERSION, spec):
        raise UnexpectedModel(f"it is a {found} of version {version}, not a {spec} of {VERSION}")
    _number(file, "I")  # the revision of the spec
    return dict(_array(file, size) for _ in range(_number(file, "I")))


def _array(file: IO[bytes], size: int) -> tuple[str, Array]:
    name, rank = _name(file), _number(file, "B")
    if rank > LARGEST_RANK:
        raise UnexpectedModel(f"{name} has {rank} dimensions")
    shape = [_number(file, "I") for _ in range(rank)]
    kind, length = _number(file, "B"), _number(file, "I")
    if kind >= len(TYPES) or length > size:
        raise UnexpectedModel(f"{name} is of an unknown type, or larger than the file")
    content = file.read(length)
    return name, np.frombuffer(content, dtype=TYPES[kind]).reshape(shape)


def _name(file: IO[bytes]) -> str:
    length = _number(file, "H")
    if length > LONGEST_NAME:
        raise UnexpectedModel("a name is too long")
    return file.read(length).rstrip(b"\0").decode()


def _number(file: IO[bytes], kind: str) -> int:
    form = f"<{kind}"
    (number,) = struct.unpack(form, file.read(struct.calcsize(form)))
    return int(number)
