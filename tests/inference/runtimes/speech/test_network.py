"""The encoder and the decoder, against plain arithmetic without caches."""

import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from inference.runtimes.speech.config import SpeechConfig
from inference.runtimes.speech.network import Decoder, Encoder


@pytest.fixture(scope="module")
def weights(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / "model.safetensors")


@pytest.fixture(scope="module")
def config(folder: Path) -> SpeechConfig:
    return SpeechConfig.read(folder)


def norm(weights: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    centered = x - x.mean(-1, keepdim=True)
    scaled = centered / (centered.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(weights: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    return x @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", torch.zeros(()))


def gelu(x: Tensor) -> Tensor:
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def attention(weights, name, x: Tensor, source: Tensor, heads: int, *, causal: bool) -> Tensor:
    """Attend head by head and row by row."""
    query, key, value = (
        linear(weights, f"{name}.{one}", rows)
        for one, rows in (("q_proj", x), ("k_proj", source), ("v_proj", source))
    )
    size = x.shape[1] // heads
    rows = []
    for row in range(len(x)):
        seen = row + 1 if causal else len(source)
        mixed = []
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            scores = key[:seen, part] @ query[row, part] / math.sqrt(size)
            mixed.append(scores.softmax(0) @ value[:seen, part])
        rows.append(torch.cat(mixed))
    return linear(weights, f"{name}.out_proj", torch.stack(rows))


def perceptron(weights: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    inner = gelu(linear(weights, f"{name}.fc1", norm(weights, f"{name}.final_layer_norm", x)))
    return x + linear(weights, f"{name}.fc2", inner)


def slow_scores(weights: dict[str, Tensor], heads: int, tokens: list[int], heard: Tensor) -> Tensor:
    table = weights["model.decoder.embed_tokens.weight"]
    x = table[tokens] + weights["model.decoder.embed_positions.weight"][: len(tokens)]
    for layer in range(2):
        name = f"model.decoder.layers.{layer}"
        seen = norm(weights, f"{name}.self_attn_layer_norm", x)
        x = x + attention(weights, f"{name}.self_attn", seen, seen, heads, causal=True)
        seen = norm(weights, f"{name}.encoder_attn_layer_norm", x)
        x = x + attention(weights, f"{name}.encoder_attn", seen, heard, heads, causal=False)
        x = perceptron(weights, name, x)
    return norm(weights, "model.decoder.layer_norm", x) @ table.T


def slow_states(weights: dict[str, Tensor], heads: int, spectrogram: Tensor) -> Tensor:
    x = spectrogram
    for name, stride in (("conv1", 1), ("conv2", 2)):
        kernel = weights[f"model.encoder.{name}.weight"]
        padded = torch.nn.functional.pad(x, (1, 1))
        columns = [
            (kernel * padded[:, at : at + 3]).sum((1, 2)) for at in range(0, x.shape[1], stride)
        ]
        x = gelu(torch.stack(columns, dim=1) + weights[f"model.encoder.{name}.bias"][:, None])
    x = x.T + weights["model.encoder.embed_positions.weight"]
    for layer in range(2):
        name = f"model.encoder.layers.{layer}"
        seen = norm(weights, f"{name}.self_attn_layer_norm", x)
        x = x + attention(weights, f"{name}.self_attn", seen, seen, heads, causal=False)
        x = perceptron(weights, name, x)
    return norm(weights, "model.encoder.layer_norm", x)


def test_the_encoder_computes_what_the_paper_says(config, weights) -> None:
    spectrogram = torch.randn(16, 100, generator=torch.Generator().manual_seed(3))

    states = Encoder(config, weights)(spectrogram)

    assert states.shape == (50, 16)
    assert torch.allclose(states, slow_states(weights, 2, spectrogram), atol=1e-4)


def test_the_decoder_with_its_caches_computes_what_it_would_without(config, weights) -> None:
    heard = torch.randn(50, 16, generator=torch.Generator().manual_seed(4))
    tokens = [13, 20, 3, 1, 9, 30]
    decoder = Decoder(config, weights)

    caches = decoder.caches(heard)
    steps = [decoder.step(tokens[:2], caches)]
    steps += [decoder.step([token], caches) for token in tokens[2:]]

    wanted = slow_scores(weights, 4, tokens, heard)[1:]
    assert caches.length == len(tokens)
    assert torch.allclose(torch.stack(steps), wanted, atol=1e-4)
