"""Reads torch checkpoints as data: the one place here that knows torch, loaded on demand."""

import pickle
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from marketplace.storefront.importers.errors import DonorUnreadable


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """Return the tensors of a checkpoint; raises ``DonorUnreadable``.

    ``weights_only`` keeps the unpickler to tensors and plain containers.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, OSError, LookupError) as error:
        raise DonorUnreadable(what=path.name, reason=str(error)[:300]) from error
    if not isinstance(state, dict):
        raise DonorUnreadable(what=path.name, reason="it does not hold named tensors")
    return {name: tensor.numpy() for name, tensor in state.items()}
