"""How much memory a version will need, and giving it back."""

import ctypes
import gc
import json
import math
import struct
from contextlib import suppress
from pathlib import Path

LARGEST_HEADER = 16 * 1024 * 1024
# Runtimes widen floats to 32 bits.
BYTES = {"F16": 4, "BF16": 4, "F32": 4, "F64": 4, "I64": 8, "U64": 8, "I32": 4, "U32": 4, "I16": 2}


def estimate_bytes(folder: Path) -> int:
    """Estimate the memory of the version in ``folder`` from the headers of its weights."""
    return sum(_weights_bytes(path) for path in folder.glob("*.safetensors"))


def _weights_bytes(path: Path) -> int:
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, LARGEST_HEADER)))
        tensors = (value for name, value in header.items() if name != "__metadata__")
        return sum(math.prod(one["shape"]) * BYTES.get(one["dtype"], 1) for one in tensors)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):
        # The runtime will say what is wrong with the file; its size will do here.
        return path.stat().st_size if path.exists() else 0


def give_back() -> None:
    """Collect what models that left still hold, and return it to the operating system."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
