"""Reading of weights after their header was checked."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from inference.runtimes.base import BadModel
from inference.runtimes.tensor_file import (
    load_as_stored,
    load_floats,
    read_header,
    require_finite,
)

SHAPES = {"a": (2, 3), "b": (1,)}


def write(folder: Path, **changes: torch.Tensor) -> Path:
    tensors = {"a": torch.ones(2, 3), "b": torch.ones(1, dtype=torch.float16), **changes}
    save_file(tensors, folder / "model.safetensors")
    return folder


def write_header(folder: Path, header: Any, body: bytes = b"") -> Path:
    content = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(content)) + content + body)
    return folder


def test_loads_every_kind_of_float_as_single_precision(tmp_path: Path) -> None:
    tensors = load_floats(write(tmp_path), SHAPES, device="cpu")

    assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}
    assert list(tensors) == ["a", "b"]


def test_leaves_out_what_may_be_ignored(tmp_path: Path) -> None:
    folder = write(tmp_path, pooler=torch.zeros(4))

    assert list(load_floats(folder, SHAPES, device="cpu", ignored=("pool",))) == ["a", "b"]
    with pytest.raises(BadModel, match="pooler does not belong"):
        load_floats(folder, SHAPES, device="cpu")


def test_reads_shapes_and_types_without_the_tensors(tmp_path: Path) -> None:
    assert read_header(write(tmp_path) / "model.safetensors") == {
        "a": ("F32", (2, 3)),
        "b": ("F16", (1,)),
    }


def test_keeps_types_where_they_are_asked_for(tmp_path: Path) -> None:
    types = {"a": "F32", "b": "F16"}

    assert load_as_stored(write(tmp_path), SHAPES, types)["b"].dtype == torch.float16
    with pytest.raises(BadModel, match="b is F16, not F32"):
        load_as_stored(tmp_path, SHAPES, {"a": "F32", "b": "F32"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_refuses_values_that_are_not_finite(tmp_path: Path, value: float) -> None:
    folder = write(tmp_path, b=torch.tensor([value]))

    with pytest.raises(BadModel, match="b holds values that are not finite"):
        load_floats(folder, SHAPES, device="cpu")


@pytest.mark.parametrize("header", [[], {"a": 1}, {"a": {"dtype": "F32"}}, "text"])
def test_refuses_a_header_of_another_kind(tmp_path: Path, header: Any) -> None:
    with pytest.raises(BadModel, match="is not a safetensors file"):
        read_header(write_header(tmp_path, header) / "model.safetensors")


def test_refuses_a_header_larger_than_any_model_needs(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(struct.pack("<Q", 1 << 60) + b"{}")

    with pytest.raises(BadModel, match="has a header larger than"):
        read_header(tmp_path / "model.safetensors")


def test_refuses_a_header_that_promises_more_than_the_file_holds(tmp_path: Path) -> None:
    entry = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
    folder = write_header(tmp_path, {"a": entry}, body=b"\0" * 8)

    with pytest.raises(BadModel, match="cannot be loaded"):
        load_floats(folder, {"a": (2, 3)}, device="cpu")


def test_finite_results_pass() -> None:
    require_finite(torch.ones(3))
    with pytest.raises(BadModel, match="computed values that are not finite"):
        require_finite(torch.tensor([1.0, float("nan")]))
