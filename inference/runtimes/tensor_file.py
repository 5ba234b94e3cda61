"""Loads ``model.safetensors`` after its header was checked against the config."""

import json
import struct
from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from inference.runtimes.base import BadModel

Shapes = Mapping[str, tuple[int, ...]]

FLOATS = frozenset({"F16", "BF16", "F32"})
_NAME = "model.safetensors"
_LARGEST_HEADER = 16 * 1024 * 1024


def load_floats(
    folder: Path, shapes: Shapes, *, device: str, ignored: Collection[str] = ()
) -> dict[str, Tensor]:
    """Load exactly the tensors named by ``shapes`` as 32-bit floats onto ``device``.

    A tensor outside ``shapes`` is refused unless its name starts with one of ``ignored``.
    """
    check_header(folder, shapes, dtypes=FLOATS, ignored=ignored)
    tensors = _load(folder)
    loaded = {name: tensors[name].to(device=device, dtype=torch.float32) for name in shapes}
    for name, tensor in loaded.items():
        if not bool(torch.isfinite(tensor).all()):
            raise BadModel(f"{_NAME}: {name} holds values that are not finite.")
    return loaded


def load_as_stored(folder: Path, shapes: Shapes, dtypes: Mapping[str, str]) -> dict[str, Tensor]:
    """Load tensors in the types they were stored in, each of which must be as given."""
    check_header(folder, shapes, dtypes=dtypes)
    return _load(folder)


def check_header(
    folder: Path,
    shapes: Shapes,
    *,
    dtypes: Collection[str] | Mapping[str, str],
    ignored: Collection[str] = (),
) -> None:
    """Refuse a file whose tensors differ from ``shapes`` in name, shape or type."""
    header = read_header(folder / _NAME)
    for name in header:
        if name not in shapes and not name.startswith(tuple(ignored)):
            raise BadModel(f"{_NAME}: the tensor {name[:120]} does not belong to this model.")
    for name, shape in shapes.items():
        if name not in header:
            raise BadModel(f"{_NAME}: the tensor {name} is missing.")
        dtype, found = header[name]
        if found != shape:
            raise BadModel(f"{_NAME}: {name} has shape {list(found)}, not {list(shape)}.")
        allowed = {dtypes[name]} if isinstance(dtypes, Mapping) else dtypes
        if dtype not in allowed:
            raise BadModel(f"{_NAME}: {name} is {dtype}, not {' or '.join(sorted(allowed))}.")


def read_header(path: Path) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the type and the shape of every tensor, without reading any of them."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LARGEST_HEADER:
                raise BadModel(f"{_NAME} has a header larger than {_LARGEST_HEADER} bytes.")
            header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        return {name: (item["dtype"], tuple(item["shape"])) for name, item in header.items()}
    except FileNotFoundError:
        raise BadModel(f"{_NAME} is missing.") from None
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        struct.error,
    ) as error:
        raise BadModel(f"{_NAME} is not a safetensors file: {error}") from None


def require_finite(tensor: Tensor) -> None:
    """Refuse to answer with NaN or infinities, which JSON cannot hold."""
    if not bool(torch.isfinite(tensor).all()):
        raise BadModel("The model computed values that are not finite.")


def _load(folder: Path) -> dict[str, Tensor]:
    try:
        return load_file(folder / _NAME)
    except (SafetensorError, OSError, ValueError) as error:
        raise BadModel(f"{_NAME} cannot be loaded: {error}") from None
