"""Mutated safetensors: refused, or as good as new."""

import random
from pathlib import Path

import numpy as np
import pytest
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from authoring.formats.examine import examine

SEEDS = 500


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    tensors = {f"layer.{n}": np.full((4, n + 1), 0.5, np.float32) for n in range(4)}
    save_file(tensors, tmp_path / "good")
    return (tmp_path / "good").read_bytes()


def mutated(data: bytes, seed: int) -> bytes:
    """Return the file with one to four changes, most of them in its header."""
    chance = random.Random(seed)
    bytes_, header = bytearray(data), 8 + int.from_bytes(data[:8], "little")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(min(header, len(bytes_)) or 1)
        kind = chance.choice(["flip", "set", "cut", "insert", "delete", "double", "length"])
        if kind == "flip":
            bytes_[at] ^= 1 << chance.randrange(8)
        elif kind == "set":
            bytes_[at] = chance.choice(b'{}[]":,0919-\\\x00\xff')
        elif kind == "cut":
            del bytes_[chance.randrange(9, len(bytes_) + 1) :]
        elif kind == "insert":
            bytes_[at:at] = chance.randbytes(chance.randint(1, 9))
        elif kind == "delete":
            del bytes_[at : at + chance.randint(1, 9)]
        elif kind == "double":
            bytes_[at:at] = bytes_[at : at + 40]
        else:
            bytes_[:8] = chance.randrange(1 << chance.randint(1, 63)).to_bytes(8, "little")
    return bytes(bytes_)


def is_read_by_the_reference(file: Path) -> bool:
    try:
        with safe_open(file, "numpy") as opened:
            return all(opened.get_tensor(name) is not None for name in opened.keys())  # noqa: SIM118
    except (SafetensorError, OSError, TypeError, ValueError, KeyError, AttributeError):
        return False


def test_whatever_is_taken_the_reference_reader_takes_too(tmp_path: Path, good: bytes) -> None:
    file, taken = tmp_path / "received", 0

    for seed in range(SEEDS):
        file.write_bytes(mutated(good, seed))
        found = examine(file, path="model.safetensors")
        if not found.problem:
            taken += 1
            assert is_read_by_the_reference(file), f"seed {seed}"

    assert taken < SEEDS // 5


def test_random_bytes_are_always_refused_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "received"

    for seed in range(SEEDS):
        chance = random.Random(seed)
        file.write_bytes(chance.randbytes(chance.randint(0, 400)))
        for path in ("model.safetensors", "config.json"):
            assert examine(file, path=path).problem.endswith("."), f"seed {seed}"
