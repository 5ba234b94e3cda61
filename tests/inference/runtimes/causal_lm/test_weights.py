"""Tensors are checked by name, shape and type before one of them is read."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.runtimes.base import BadModel
from inference.runtimes.causal_lm.config import read_causal_lm_config
from inference.runtimes.causal_lm.loaded import CausalLm
from inference.runtimes.causal_lm.weights import read_tensors
from tests.inference.runtimes.tiny_models import tiny_causal_lm

Change = Callable[[dict[str, Tensor]], object]
NORM = "model.norm.weight"
KEYS = "model.layers.1.self_attn.k_proj.weight"


def changed(folder: Path, change: Change) -> Path:
    path = tiny_causal_lm(folder) / "model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)
    return folder


def test_yields_every_tensor_as_stored(folder: Path) -> None:
    config = read_causal_lm_config(folder)
    stored = load_file(folder / "model.safetensors")

    tensors = dict(read_tensors(folder, config.tensor_shapes(), config.dtypes))

    assert tensors.keys() == stored.keys()
    assert all(torch.equal(tensors[name], stored[name]) for name in stored)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tensors: tensors.pop(KEYS), f"{KEYS} is missing"),
        (lambda tensors: tensors.update(extra=torch.ones(1)), "extra does not belong"),
        (lambda tensors: tensors.update({NORM: torch.ones(63)}), r"has shape \[63\], not \[64\]"),
        (lambda tensors: tensors.update({NORM: torch.ones(64).half()}), "is F16, not F32"),
        (lambda tensors: tensors.update({NORM: torch.ones(64).long()}), "is I64, not F32"),
        (lambda tensors: tensors[KEYS].fill_(torch.nan), f"{KEYS} holds values that are not"),
    ],
)
def test_refuses_other_tensors(tmp_path: Path, change: Change, reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        CausalLm.load(changed(tmp_path, change), device="cpu")


def test_refuses_a_truncated_file(tmp_path: Path) -> None:
    path = tiny_causal_lm(tmp_path) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(BadModel, match="cannot be loaded"):
        CausalLm.load(tmp_path, device="cpu")


def test_refuses_a_pickle_with_the_right_name(tmp_path: Path) -> None:
    path = tiny_causal_lm(tmp_path) / "model.safetensors"
    torch.save({"weight": torch.ones(2)}, path)

    with pytest.raises(BadModel, match="safetensors"):
        CausalLm.load(tmp_path, device="cpu")


def test_refuses_a_folder_without_weights(tmp_path: Path) -> None:
    (tiny_causal_lm(tmp_path) / "model.safetensors").unlink()

    with pytest.raises(BadModel, match=r"model\.safetensors is missing"):
        CausalLm.load(tmp_path, device="cpu")
