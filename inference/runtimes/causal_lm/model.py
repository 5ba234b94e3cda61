"""The Llama-family decoder: root mean square norms, rotary positions, grouped attention, SwiGLU.

It holds weights only. What a call needs (its cache, its adapter) is passed in, so one
resident decoder serves its own calls and those of every adapter.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.causal_lm.config import CausalLmConfig, target_name

Adapter = Mapping[str, Callable[[Tensor], Tensor]]
Rotation = tuple[Tensor, Tensor]
NO_ADAPTER: Adapter = {}
HAS_ONEDNN: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]


class Attention(Protocol):
    """Attends over what has been seen: queries, keys and values are [rows, heads, time, size]."""

    def __call__(self, layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor: ...


class Projection:
    """A matrix product without bias.

    On the CPU the matrix is packed for oneDNN: there its product gives a row the same bits in
    any batch, which BLAS does not (a single row takes another kernel), and it is up to twice
    as fast for 2 to 16 rows. A packed matrix cannot be trained.
    """

    def __init__(self, weight: Tensor, *, pack: bool) -> None:
        self.nbytes = weight.nbytes
        self._is_packed = pack and weight.device.type == "cpu" and HAS_ONEDNN
        self._weight = weight
        if self._is_packed:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), None)

    def __call__(self, inputs: Tensor) -> Tensor:
        if not self._is_packed:
            return F.linear(inputs, self._weight)
        product: Tensor = torch.ops.mkldnn._linear_pointwise(
            inputs, self._weight, None, "none", [], ""
        )
        return product


class Decoder:
    """The weights of one model on one device, and the way from tokens to logits."""

    def __init__(
        self,
        config: CausalLmConfig,
        tensors: Iterable[tuple[str, Tensor]],
        *,
        device: str,
        dtype: torch.dtype,
        pack: bool = True,
    ) -> None:
        self.config = config
        self.device = torch.device(device)
        self.dtype = dtype
        self._vectors: dict[str, Tensor] = {}
        self._projections: dict[str, Projection] = {}
        for name, tensor in tensors:
            self._keep(name, tensor, pack=pack)
        self._head = self._projections["lm_head" if "lm_head" in self._projections else _EMBEDDING]
        exponents = torch.arange(0, config.head_dim, 2, device=self.device) / config.head_dim
        self._frequencies = config.rope_theta**-exponents

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the weights."""
        vectors = sum(vector.nbytes for vector in self._vectors.values())
        return vectors + sum(matrix.nbytes for matrix in self._projections.values())

    def forward(
        self, tokens: Tensor, positions: Tensor, attend: Attention, adapter: Adapter = NO_ADAPTER
    ) -> Tensor:
        """Return the normalized last hidden states of ``tokens``, both [rows, time]."""
        states = F.embedding(tokens, self._vectors[_EMBEDDING]).to(self.dtype)
        rotation = self._rotation(positions)
        for layer in range(self.config.layers):
            states = states + self._attention(layer, states, rotation, attend, adapter)
            states = states + self._perceptron(layer, states, adapter)
        return self._norm("model.norm", states)

    def logits(self, states: Tensor) -> Tensor:
        """Return a score for each token of the vocabulary."""
        return self._head(states)

    def _keep(self, name: str, tensor: Tensor, *, pack: bool) -> None:
        stem = name.removesuffix(".weight")
        if stem == _EMBEDDING:
            # Looked up as stored, which is exact and half as large; the product is separate.
            self._vectors[stem] = tensor.to(self.device)
        if tensor.dim() == 1:
            self._vectors[stem] = tensor.to(self.device, self.dtype)
        elif stem != _EMBEDDING or self.config.tied:
            self._projections[stem] = Projection(tensor.to(self.device, self.dtype), pack=pack)

    def _attention(
        self, layer: int, states: Tensor, rotation: Rotation, attend: Attention, adapter: Adapter
    ) -> Tensor:
        normed = self._norm(f"model.layers.{layer}.input_layernorm", states)
        queries = self._heads(self._project(layer, "q_proj", normed, adapter))
        keys = self._heads(self._project(layer, "k_proj", normed, adapter))
        values = self._heads(self._project(layer, "v_proj", normed, adapter))
        mixed = attend(layer, _rotate(queries, rotation), _rotate(keys, rotation), values)
        return self._project(layer, "o_proj", mixed.transpose(1, 2).flatten(2), adapter)

    def _perceptron(self, layer: int, states: Tensor, adapter: Adapter) -> Tensor:
        normed = self._norm(f"model.layers.{layer}.post_attention_layernorm", states)
        gate = F.silu(self._project(layer, "gate_proj", normed, adapter))
        up = self._project(layer, "up_proj", normed, adapter)
        return self._project(layer, "down_proj", gate * up, adapter)

    def _project(self, layer: int, target: str, inputs: Tensor, adapter: Adapter) -> Tensor:
        name = target_name(layer, target)
        outputs = self._projections[name](inputs)
        change = adapter.get(name)
        return outputs if change is None else outputs + change(inputs)

    def _heads(self, flat: Tensor) -> Tensor:
        return flat.view(*flat.shape[:2], -1, self.config.head_dim).transpose(1, 2)

    def _norm(self, name: str, states: Tensor) -> Tensor:
        # Spelled out: three times as fast on the CPU as the composite of torch.
        exact = states.float()
        mean = exact.square().mean(-1, keepdim=True)
        normed = exact * torch.rsqrt(mean + self.config.norm_eps)
        return normed.to(self.dtype) * self._vectors[name]

    def _rotation(self, positions: Tensor) -> Rotation:
        angles = positions[:, None, :, None].float() * self._frequencies
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos().to(self.dtype), angles.sin().to(self.dtype)


_EMBEDDING = "model.embed_tokens"


def _rotate(states: Tensor, rotation: Rotation) -> Tensor:
    cosines, sines = rotation
    first, second = states.chunk(2, dim=-1)
    return states * cosines + torch.cat((-second, first), dim=-1) * sines
