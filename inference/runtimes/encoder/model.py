"""The encoder itself: post-norm transformer layers, pooling, unit length."""

from collections.abc import Iterator
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from inference.runtimes.base import BadModel, LoadedModel, RunRequest, RuntimeRefusal
from inference.runtimes.batched import Answer, BatchedModel
from inference.runtimes.encoder import LONGEST_TEXT, MOST_TEXTS, EncoderConfig
from inference.runtimes.inputs import read_texts, refuse_unknown
from inference.runtimes.tensor_file import Shapes, load_floats, require_finite

_PADDED_TOKENS_AT_ONCE = 8192
_LARGEST_TOKENIZER = 64 * 1024 * 1024
_IGNORED = ("pooler.", "embeddings.position_ids")
Tokens = list[int]


class Encoder(BatchedModel[list[Tokens]]):
    """A resident encoder."""

    max_batch = 32
    meters = ("input_tokens",)

    def __init__(
        self, config: EncoderConfig, weights: dict[str, Tensor], tokenizer: Tokenizer, device: str
    ) -> None:
        self._config = config
        self._weights = weights
        self._tokenizer = tokenizer
        self._device = device

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        config = EncoderConfig.read(folder)
        tokenizer = _load_tokenizer(folder / "tokenizer.json", config)
        weights = load_floats(folder, expected_shapes(config), device=device, ignored=_IGNORED)
        return cls(config, weights, tokenizer, device)

    @property
    def memory_bytes(self) -> int:
        return sum(tensor.nbytes for tensor in self._weights.values())

    def prepare(self, request: RunRequest) -> list[Tokens]:
        refuse_unknown(request.input, ("texts",))
        texts = read_texts(request.input, most=MOST_TEXTS, longest=LONGEST_TEXT)
        sequences = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        for place, tokens in enumerate(sequences):
            if not tokens:
                raise RuntimeRefusal(f"texts.{place}", "Nothing is left of the text as tokens.")
        return sequences

    def compute(self, inputs: list[list[Tokens]]) -> list[Answer]:
        sequences = [tokens for request in inputs for tokens in request]
        vectors = iter(self._embed(sequences))
        return [
            (
                {"embeddings": [next(vectors) for _ in request]},
                {"input_tokens": sum(map(len, request))},
            )
            for request in inputs
        ]

    @torch.inference_mode()
    def _embed(self, sequences: list[Tokens]) -> list[list[float]]:
        vectors: list[list[float]] = [[]] * len(sequences)
        for places in _alike(sequences):
            ids, mask = self._pad([sequences[place] for place in places])
            pooled = self._pool(self._hidden(ids, mask), mask)
            # Seven decimals keep a unit vector to 5e-8 and halve the size of the answer.
            require_finite(pooled)
            rows = pooled.double().cpu().numpy().round(7).tolist()
            for place, row in zip(places, rows, strict=True):
                vectors[place] = row
        return vectors

    def _pad(self, sequences: list[Tokens]) -> tuple[Tensor, Tensor]:
        longest = max(map(len, sequences))
        ids = torch.full((len(sequences), longest), self._config.pad_token_id)
        mask = torch.zeros(len(sequences), longest, dtype=torch.bool)
        for row, tokens in enumerate(sequences):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = True
        return ids.to(self._device), mask.to(self._device)

    def _hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        weights = self._weights
        positions = weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        hidden = F.embedding(ids, weights["embeddings.word_embeddings.weight"])
        hidden = hidden + weights["embeddings.token_type_embeddings.weight"][0] + positions
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        for layer in range(self._config.num_hidden_layers):
            hidden = self._layer(hidden, mask[:, None, None, :], f"encoder.layer.{layer}")
        return hidden

    def _layer(self, hidden: Tensor, mask: Tensor, name: str) -> Tensor:
        query, key, value = (
            self._heads(self._linear(hidden, f"{name}.attention.self.{part}"))
            for part in ("query", "key", "value")
        )
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).flatten(2)
        mixed = self._linear(mixed, f"{name}.attention.output.dense")
        hidden = self._norm(hidden + mixed, f"{name}.attention.output.LayerNorm")
        inner = self._activate(self._linear(hidden, f"{name}.intermediate.dense"))
        inner = self._linear(inner, f"{name}.output.dense")
        return self._norm(hidden + inner, f"{name}.output.LayerNorm")

    def _pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        if self._config.pooling == "cls":
            pooled = hidden[:, 0]
        else:
            weight = mask.unsqueeze(-1).to(hidden.dtype)
            pooled = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1)
        return F.normalize(pooled, dim=-1) if self._config.normalize else pooled

    def _heads(self, hidden: Tensor) -> Tensor:
        heads = self._config.num_attention_heads
        return hidden.view(*hidden.shape[:-1], heads, -1).transpose(1, 2)

    def _linear(self, hidden: Tensor, name: str) -> Tensor:
        return F.linear(hidden, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, hidden: Tensor, name: str) -> Tensor:
        size = (self._config.hidden_size,)
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return F.layer_norm(hidden, size, weight, bias, self._config.layer_norm_eps)

    def _activate(self, hidden: Tensor) -> Tensor:
        if self._config.hidden_act == "relu":
            return F.relu(hidden)
        return F.gelu(
            hidden, approximate="tanh" if self._config.hidden_act == "gelu_new" else "none"
        )


def expected_shapes(config: EncoderConfig) -> Shapes:
    """Return the tensors that a file of this architecture holds, in upstream names."""
    size, inner = config.hidden_size, config.intermediate_size
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (config.vocab_size, size),
        "embeddings.position_embeddings.weight": (config.max_position_embeddings, size),
        "embeddings.token_type_embeddings.weight": (config.type_vocab_size, size),
        "embeddings.LayerNorm.weight": (size,),
        "embeddings.LayerNorm.bias": (size,),
    }
    for layer in range(config.num_hidden_layers):
        name = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            shapes |= _linear_shapes(f"{name}.attention.self.{part}", size, size)
        shapes |= _linear_shapes(f"{name}.attention.output.dense", size, size)
        shapes |= _linear_shapes(f"{name}.intermediate.dense", inner, size)
        shapes |= _linear_shapes(f"{name}.output.dense", size, inner)
        for norm in (f"{name}.attention.output.LayerNorm", f"{name}.output.LayerNorm"):
            shapes |= {f"{norm}.weight": (size,), f"{norm}.bias": (size,)}
    return shapes


def _linear_shapes(name: str, outputs: int, inputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _alike(sequences: list[Tokens]) -> Iterator[list[int]]:
    """Group the places of sequences of like length, so that little is computed on padding."""
    group: list[int] = []
    for place in sorted(range(len(sequences)), key=lambda place: len(sequences[place])):
        if group and len(sequences[place]) * (len(group) + 1) > _PADDED_TOKENS_AT_ONCE:
            yield group
            group = []
        group.append(place)
    yield group


def _load_tokenizer(path: Path, config: EncoderConfig) -> Tokenizer:
    if not path.is_file():
        raise BadModel("tokenizer.json is missing.")
    if path.stat().st_size > _LARGEST_TOKENIZER:
        raise BadModel(f"tokenizer.json is larger than {_LARGEST_TOKENIZER} bytes.")
    try:
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.enable_truncation(config.max_sequence_length)
    # The tokenizer library raises plain Exception for every malformed file.
    except Exception as error:
        raise BadModel(f"tokenizer.json cannot be read: {error}") from None
    if max(tokenizer.get_vocab().values(), default=0) >= config.vocab_size:
        raise BadModel("tokenizer.json has tokens beyond vocab_size of config.json.")
    return tokenizer
