"""Adapters share the weights of a resident base and leave them as they were."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.runtimes.base import BadModel
from inference.runtimes.causal_lm.config import TARGETS
from inference.runtimes.causal_lm.loaded import CausalLm, LoraCausalLm
from tests.inference.runtimes.causal_lm.conftest import answer, request, text_of
from tests.inference.runtimes.tiny_models import tiny_causal_lm, tiny_lora, write_json

GREEDY = {"temperature": 0.0, "max_tokens": 24}


@pytest.fixture
def adapted(tmp_path: Path, model: CausalLm) -> LoraCausalLm:
    return LoraCausalLm.load(tiny_lora(tmp_path / "adapter"), device="cpu", base=model)


def merged(base: Path, adapter: Path, target: Path) -> CausalLm:
    """Add the adapter into the weights, the way PEFT's merge does."""
    tensors = load_file(tiny_causal_lm(target) / "model.safetensors")
    changes = load_file(adapter / "model.safetensors")
    scale = 8 / 4
    for name, lora_a in changes.items():
        if name.endswith("lora_A.weight"):
            lora_b = changes[name.replace("lora_A", "lora_B")]
            stem = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
            tensors[f"{stem}.weight"] += lora_b @ lora_a * scale
    save_file(tensors, target / "model.safetensors")
    return CausalLm.load(target, device="cpu")


@pytest.mark.parametrize("targets", [["q_proj", "v_proj"], list(TARGETS)])
def test_says_what_the_merged_model_says(
    tmp_path: Path, folder: Path, model: CausalLm, targets: list[str]
) -> None:
    adapter = tiny_lora(tmp_path / "adapter", target_modules=targets)
    adapted = LoraCausalLm.load(adapter, device="cpu", base=model)
    whole = merged(folder, adapter, tmp_path / "merged")

    asked = request(**GREEDY)

    assert text_of(answer(adapted, asked)) == text_of(answer(whole, asked))


def test_changes_what_is_said_and_leaves_the_base(model: CausalLm, tmp_path: Path) -> None:
    before = text_of(answer(model, request(**GREEDY)))
    adapted = LoraCausalLm.load(tiny_lora(tmp_path), device="cpu", base=model)

    assert text_of(answer(adapted, request(**GREEDY))) != before
    assert text_of(answer(model, request(**GREEDY))) == before


def test_two_adapters_share_one_base(
    adapted: LoraCausalLm, model: CausalLm, tmp_path: Path
) -> None:
    other = LoraCausalLm.load(tiny_lora(tmp_path / "2", seed=2), device="cpu", base=model)

    assert adapted.decoder is other.decoder is model.decoder
    assert text_of(answer(adapted, request(**GREEDY))) != text_of(answer(other, request(**GREEDY)))


def test_a_batch_says_what_each_says_alone(adapted: LoraCausalLm) -> None:
    asked = [request(text, temperature=1.0, seed=3) for text in ("Hi", "the sea", "x" * 90)]

    assert [text_of(result) for result in adapted.run(asked)] == [
        text_of(answer(adapted, each)) for each in asked
    ]


def test_counts_its_own_bytes_only(adapted: LoraCausalLm) -> None:
    queries, values = 4 * (64 + 64), 4 * (64 + 32)

    assert adapted.memory_bytes == 4 * 2 * (queries + values)


def test_has_defaults_of_its_own(tmp_path: Path, model: CausalLm) -> None:
    folder = tiny_lora(tmp_path)
    write_json(folder / "generation_config.json", {"temperature": 0.0})
    adapted = LoraCausalLm.load(folder, device="cpu", base=model)

    assert text_of(answer(adapted, request())) == text_of(answer(adapted, request(temperature=0)))


def test_needs_its_base(tmp_path: Path, adapted: LoraCausalLm) -> None:
    folder = tiny_lora(tmp_path / "2")

    for wrong in (None, adapted):
        with pytest.raises(BadModel, match="needs its base"):
            LoraCausalLm.load(folder, device="cpu", base=wrong)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tensors, name: tensors.pop(name), "is missing"),
        (lambda tensors, name: tensors.update({name: torch.ones(4, 63)}), r"has shape \[4, 63\]"),
        (lambda tensors, name: tensors.update({name: torch.ones(4, 64).double()}), "is F64"),
        (lambda tensors, name: tensors[name].fill_(torch.inf), "not finite"),
        (lambda tensors, name: tensors.update(lm_head=torch.ones(1)), "does not belong"),
    ],
)
def test_refuses_other_tensors(
    tmp_path: Path, model: CausalLm, change: Callable[[dict[str, Tensor], str], None], reason: str
) -> None:
    path = tiny_lora(tmp_path) / "model.safetensors"
    tensors = load_file(path)
    change(tensors, "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight")
    save_file(tensors, path)

    with pytest.raises(BadModel, match=reason):
        LoraCausalLm.load(tmp_path, device="cpu", base=model)


def test_refuses_a_rank_other_than_its_tensors(tmp_path: Path, model: CausalLm) -> None:
    tiny_lora(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    write_json(tmp_path / "config.json", {**config, "r": 5})

    with pytest.raises(BadModel, match=r"has shape \[4, 64\], not \[5, 64\]"):
        LoraCausalLm.load(tmp_path, device="cpu", base=model)
