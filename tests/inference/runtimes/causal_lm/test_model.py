"""The decoder computes what the definition of a Llama says, packed or not."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch import Tensor

from inference.runtimes.causal_lm.cache import PromptAttention
from inference.runtimes.causal_lm.loaded import CausalLm
from inference.runtimes.causal_lm.model import Projection
from tests.inference.runtimes.tiny_models import CONFIG, tiny_causal_lm

TOKENS = [1, 87, 85, 263, 201, 260, 223, 19]
HEAD = CONFIG["hidden_size"] // CONFIG["num_attention_heads"]
SHARED = CONFIG["num_attention_heads"] // CONFIG["num_key_value_heads"]

Array = np.ndarray


def norm(states: Array) -> Array:
    return states / np.sqrt((states**2).mean(-1, keepdims=True) + CONFIG["rms_norm_eps"])


def rotate(vector: Array, position: int) -> Array:
    """Turn the pairs (i, i + half) of one head, as complex numbers."""
    half = HEAD // 2
    turns = np.exp(1j * position * CONFIG["rope_theta"] ** (-np.arange(half) * 2 / HEAD))
    turned = (vector[:half] + 1j * vector[half:]) * turns
    return np.concatenate((turned.real, turned.imag))


def attend(states: Array, weight: dict[str, Array]) -> Array:
    queries, keys, values = (
        (states @ weight[f"{name}_proj"].T).reshape(len(states), -1, HEAD) for name in "qkv"
    )
    mixed = np.zeros_like(queries)
    for time in range(len(states)):
        for head in range(CONFIG["num_attention_heads"]):
            shared = head // SHARED
            query = rotate(queries[time, head], time)
            seen = [rotate(keys[past, shared], past) @ query for past in range(time + 1)]
            shares = np.exp(np.array(seen) / np.sqrt(HEAD))
            mixed[time, head] = shares / shares.sum() @ values[: time + 1, shared]
    return mixed.reshape(len(states), -1) @ weight["o_proj"].T


def by_definition(folder: Path, tokens: list[int]) -> Array:
    """Compute the logits of every position in plain 64-bit numpy."""
    tensors = {k: v.astype(np.float64) for k, v in load_file(folder / "model.safetensors").items()}
    states = tensors["model.embed_tokens.weight"][tokens]
    for layer in range(CONFIG["num_hidden_layers"]):
        start = f"model.layers.{layer}."
        weight = {k.split(".")[-2]: v for k, v in tensors.items() if k.startswith(start)}
        states = states + attend(norm(states), weight)
        gate, up = (norm(states) @ weight[f"{name}_proj"].T for name in ("gate", "up"))
        states = states + (gate / (1 + np.exp(-gate)) * up) @ weight["down_proj"].T
    return norm(states) @ tensors.get("lm_head.weight", tensors["model.embed_tokens.weight"]).T


def logits_of(model: CausalLm, tokens: list[int]) -> Tensor:
    with torch.no_grad():
        positions = torch.arange(len(tokens))[None]
        states = model.decoder.forward(torch.tensor([tokens]), positions, PromptAttention())
        return model.decoder.logits(states)[0]


@pytest.mark.parametrize("tied", [True, False])
def test_computes_what_the_definition_says(tmp_path: Path, tied: bool) -> None:
    folder = tiny_causal_lm(tmp_path, tie_word_embeddings=tied)

    logits = logits_of(CausalLm.load(folder, device="cpu"), TOKENS)

    np.testing.assert_allclose(logits.numpy(), by_definition(folder, TOKENS), atol=2e-4)


def test_unpacked_weights_compute_the_same(folder: Path, model: CausalLm) -> None:
    unpacked = CausalLm.load_for_training(folder, device="cpu")

    torch.testing.assert_close(logits_of(unpacked, TOKENS), logits_of(model, TOKENS))


def test_counts_its_weights(model: CausalLm) -> None:
    embedding, layer = 267 * 64, 4 * 64 * 64 - 2 * 32 * 64 + 3 * 64 * 128 + 2 * 64

    assert model.memory_bytes == 4 * (2 * embedding + 64 + 2 * layer)


@pytest.mark.parametrize("columns", [64, 576])
def test_a_row_gets_the_same_bits_in_any_batch(columns: int) -> None:
    draw = torch.Generator().manual_seed(9)
    projection = Projection(torch.randn(192, columns, generator=draw), pack=True)
    rows = torch.randn(8, 1, columns, generator=draw)

    with torch.inference_mode():
        together = projection(rows)
        for count in (1, 2, 3, 5):
            assert torch.equal(projection(rows[:count]), together[:count])


def test_gradients_pass_through_unpacked_weights(folder: Path) -> None:
    decoder = CausalLm.load_for_training(folder, device="cpu").decoder
    lift = torch.zeros(64, requires_grad=True)
    name = "model.layers.0.self_attn.q_proj"

    states = decoder.forward(
        torch.tensor([TOKENS]),
        torch.arange(len(TOKENS))[None],
        PromptAttention(),
        {name: lambda inputs: inputs * lift},
    )
    decoder.logits(states).sum().backward()

    assert lift.grad is not None
    assert float(lift.grad.abs().sum()) > 0
