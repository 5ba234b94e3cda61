"""Reads ``model.safetensors`` tensor by tensor, after its header was checked."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from inference.runtimes.base import BadModel
from inference.runtimes.tensor_file import check_header

_NAME = "model.safetensors"


def read_tensors(
    folder: Path, shapes: Mapping[str, tuple[int, ...]], dtypes: Collection[str]
) -> Iterator[tuple[str, Tensor]]:
    """Yield each tensor as stored, one copy at a time, so that a load peaks low.

    Raises ``BadModel`` for a wrong name, shape or type before anything is read, and for
    values that are not finite.
    """
    check_header(folder, shapes, dtypes=dtypes)
    try:
        with safe_open(folder / _NAME, framework="pt") as file:
            for name in shapes:
                tensor = file.get_tensor(name).clone()
                if not bool(torch.isfinite(tensor).all()):
                    raise BadModel(f"{_NAME}: {name} holds values that are not finite.")
                yield name, tensor
    except (SafetensorError, OSError, ValueError) as error:
        raise BadModel(f"{_NAME} cannot be loaded: {error}") from None
