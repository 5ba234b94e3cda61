"""Whisper's encoder and decoder over named weights, with caches of keys and values.

Radford et al., 2022, https://arxiv.org/abs/2212.04356; the names of tensors are those of the
``transformers`` format.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.speech.config import SpeechConfig

Weights = dict[str, Tensor]
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")
WITHOUT_BIAS = "k_proj"


def whisper_shapes(config: SpeechConfig) -> dict[str, tuple[int, ...]]:
    """List every tensor of the encoder and the decoder, with its shape."""
    width = config.width
    shapes: dict[str, tuple[int, ...]] = {
        "model.encoder.conv1.weight": (width, config.mel_bins, 3),
        "model.encoder.conv1.bias": (width,),
        "model.encoder.conv2.weight": (width, width, 3),
        "model.encoder.conv2.bias": (width,),
        "model.encoder.embed_positions.weight": (config.source_positions, width),
        "model.decoder.embed_tokens.weight": (config.vocabulary, width),
        "model.decoder.embed_positions.weight": (config.target_positions, width),
    }
    shapes |= _norm_shapes("model.encoder.layer_norm", width)
    shapes |= _norm_shapes("model.decoder.layer_norm", width)
    for layer in range(config.encoder_layers):
        shapes |= _layer_shapes(f"model.encoder.layers.{layer}", width, config.encoder_inner)
    for layer in range(config.decoder_layers):
        name = f"model.decoder.layers.{layer}"
        shapes |= _layer_shapes(name, width, config.decoder_inner)
        shapes |= _attention_shapes(f"{name}.encoder_attn", width)
    return shapes


def _norm_shapes(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _attention_shapes(name: str, width: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for projection in PROJECTIONS:
        shapes[f"{name}.{projection}.weight"] = (width, width)
        if projection != WITHOUT_BIAS:
            shapes[f"{name}.{projection}.bias"] = (width,)
    return shapes | _norm_shapes(f"{name}_layer_norm", width)


def _layer_shapes(name: str, width: int, inner: int) -> dict[str, tuple[int, ...]]:
    return {
        **_attention_shapes(f"{name}.self_attn", width),
        **_norm_shapes(f"{name}.final_layer_norm", width),
        f"{name}.fc1.weight": (inner, width),
        f"{name}.fc1.bias": (inner,),
        f"{name}.fc2.weight": (width, inner),
        f"{name}.fc2.bias": (width,),
    }


class Block:
    """What encoder and decoder have in common: named layers over one set of weights."""

    def __init__(self, weights: Weights, heads: int) -> None:
        self.weights = weights
        self.heads = heads

    def linear(self, name: str, states: Tensor) -> Tensor:
        """Apply a projection, with its bias where it has one."""
        return F.linear(states, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))

    def norm(self, name: str, states: Tensor) -> Tensor:
        """Apply a layer norm."""
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return F.layer_norm(states, weight.shape, weight, bias)

    def project(self, name: str, states: Tensor) -> Tensor:
        """Project states [time, width] and split them into heads [heads, time, size]."""
        return self.linear(name, states).reshape(len(states), self.heads, -1).transpose(0, 1)

    def attend(
        self, name: str, queries: Tensor, keys: Tensor, values: Tensor, *, is_causal: bool
    ) -> Tensor:
        """Attend and join the heads again, to [time, width]."""
        mixed = F.scaled_dot_product_attention(
            queries[None], keys[None], values[None], is_causal=is_causal
        )
        return self.linear(f"{name}.out_proj", mixed[0].transpose(0, 1).flatten(1))

    def widen(self, name: str, states: Tensor) -> Tensor:
        """Add what the two layers of a perceptron make of the states."""
        inner = F.gelu(self.linear(f"{name}.fc1", self.norm(f"{name}.final_layer_norm", states)))
        return states + self.linear(f"{name}.fc2", inner)


class Encoder(Block):
    """Turns the spectrogram of a whole window into states."""

    def __init__(self, config: SpeechConfig, weights: Weights) -> None:
        super().__init__(weights, config.encoder_heads)
        self._layers = config.encoder_layers

    def __call__(self, spectrogram: Tensor) -> Tensor:
        """Return the states [positions, width] of a spectrogram [bins, 2 x positions]."""
        states = F.gelu(self._convolve("conv1", spectrogram[None], stride=1))
        states = F.gelu(self._convolve("conv2", states, stride=2))[0].T
        states = states + self.weights["model.encoder.embed_positions.weight"]
        for layer in range(self._layers):
            states = self._layer(f"model.encoder.layers.{layer}", states)
        return self.norm("model.encoder.layer_norm", states)

    def _convolve(self, name: str, states: Tensor, *, stride: int) -> Tensor:
        weight = self.weights[f"model.encoder.{name}.weight"]
        bias = self.weights[f"model.encoder.{name}.bias"]
        return F.conv1d(states, weight, bias, stride=stride, padding=1)

    def _layer(self, name: str, states: Tensor) -> Tensor:
        own = f"{name}.self_attn"
        seen = self.norm(f"{own}_layer_norm", states)
        queries, keys, values = (self.project(f"{own}.{one}", seen) for one in PROJECTIONS[:3])
        states = states + self.attend(own, queries, keys, values, is_causal=False)
        return self.widen(name, states)


@dataclass(slots=True)
class Caches:
    """Keys and values of one text in progress; ``length`` tokens are in it so far.

    ``own`` has room [layers, 2, heads, positions, size]; ``heard`` holds those of the sound,
    by layer, as [2, heads, source positions, size].
    """

    own: Tensor
    heard: list[Tensor]
    length: int = 0

    @property
    def room(self) -> int:
        """Return how many tokens fit."""
        return self.own.shape[3]


class Decoder(Block):
    """Writes text token by token, looking at the states of a window."""

    def __init__(self, config: SpeechConfig, weights: Weights) -> None:
        super().__init__(weights, config.decoder_heads)
        self._config = config

    def caches(self, states: Tensor) -> Caches:
        """Open a text about the states [positions, width] of a window."""
        config = self._config
        size = config.width // self.heads
        shape = (config.decoder_layers, 2, self.heads, config.target_positions, size)
        heard = [
            torch.stack([self.project(f"{name}.{one}", states) for one in ("k_proj", "v_proj")])
            for name in (
                f"model.decoder.layers.{layer}.encoder_attn"
                for layer in range(config.decoder_layers)
            )
        ]
        return Caches(states.new_zeros(shape), heard)

    def step(self, tokens: Sequence[int], caches: Caches) -> Tensor:
        """Take tokens into the text and return the scores [vocabulary] of what follows them."""
        start, end = caches.length, caches.length + len(tokens)
        embeddings = self.weights["model.decoder.embed_tokens.weight"]
        places = self.weights["model.decoder.embed_positions.weight"]
        states = embeddings[list(tokens)] + places[start:end]
        for layer in range(self._config.decoder_layers):
            states = self._layer(layer, states, caches)
        caches.length = end
        return F.linear(self.norm("model.decoder.layer_norm", states[-1]), embeddings)

    def _layer(self, layer: int, states: Tensor, caches: Caches) -> Tensor:
        name = f"model.decoder.layers.{layer}"
        own, other = f"{name}.self_attn", f"{name}.encoder_attn"
        seen = self.norm(f"{own}_layer_norm", states)
        start, end = caches.length, caches.length + len(states)
        caches.own[layer, 0, :, start:end] = self.project(f"{own}.k_proj", seen)
        caches.own[layer, 1, :, start:end] = self.project(f"{own}.v_proj", seen)
        keys, values = caches.own[layer, :, :, :end]
        queries = self.project(f"{own}.q_proj", seen)
        # Several tokens come at once only at the beginning, where the mask is the plain one.
        states = states + self.attend(own, queries, keys, values, is_causal=len(states) > 1)
        queries = self.project(f"{other}.q_proj", self.norm(f"{other}_layer_norm", states))
        states = states + self.attend(other, queries, *caches.heard[layer], is_causal=False)
        return self.widen(name, states)
