"""A linear classifier in memory: all texts of a batch go through one sparse product."""

from array import array
from pathlib import Path
from typing import Protocol, Self

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.base import BadModel, Json, LoadedModel, RunRequest
from inference.runtimes.batched import Answer, BatchedModel
from inference.runtimes.config_file import read_object
from inference.runtimes.inputs import read_integer, read_texts, refuse_unknown
from inference.runtimes.linear_text import (
    LONGEST_TEXT,
    MOST_TEXTS,
    Automaton,
    LinearTextConfig,
)
from inference.runtimes.linear_text.features import ByteAutomaton, Ngrams, Sparse
from inference.runtimes.tensor_file import Shapes, load_as_stored, require_finite

_LARGEST_VOCABULARY = 64 * 1024 * 1024
_LARGEST_WEIGHT = 1e6
Prepared = tuple[list[str], int]


class Vectorizer(Protocol):
    """Anything that finds features in a text."""

    @property
    def memory_bytes(self) -> int: ...

    def features(self, text: str) -> Sparse: ...


class LinearText(BatchedModel[Prepared]):
    """A resident linear classifier."""

    max_batch = 64
    meters = ("requests", "input_characters")

    def __init__(
        self,
        config: LinearTextConfig,
        weight: Tensor,
        bias: Tensor,
        vectorizers: list[Vectorizer],
    ) -> None:
        self._config = config
        self._weight = weight
        self._bias = bias
        self._vectorizers = vectorizers

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        config = LinearTextConfig.read(folder)
        shapes = expected_shapes(config)
        tensors = load_as_stored(folder, shapes, _expected_types(shapes))
        for name, tensor in tensors.items():
            if tensor.is_floating_point() and not bool((tensor.abs() <= _LARGEST_WEIGHT).all()):
                raise BadModel(f"model.safetensors: {name} holds values not finite or huge.")
        weight = tensors["weight"].T.contiguous().to(device)
        return cls(
            config, weight, tensors["bias"].to(device), _vectorizers(config, folder, tensors)
        )

    @property
    def memory_bytes(self) -> int:
        found_by = sum(vectorizer.memory_bytes for vectorizer in self._vectorizers)
        return self._weight.nbytes + self._bias.nbytes + found_by

    def prepare(self, request: RunRequest) -> Prepared:
        refuse_unknown(request.input, ("texts", "top_k"))
        texts = read_texts(request.input, most=MOST_TEXTS, longest=LONGEST_TEXT)
        most = len(self._config.labels)
        return texts, read_integer(request.input, "top_k", 1, most, self._config.top_k)

    def compute(self, inputs: list[Prepared]) -> list[Answer]:
        scores = self._scores([text for texts, _ in inputs for text in texts])
        answers, start = [], 0
        for texts, top_k in inputs:
            output = self._output(scores[start : start + len(texts)], top_k)
            answers.append((output, {"requests": 1, "input_characters": sum(map(len, texts))}))
            start += len(texts)
        return answers

    @torch.inference_mode()
    def _scores(self, texts: list[str]) -> Tensor:
        places: list[int] = []
        values: list[float] = []
        starts = [0]
        for text in texts:
            for vectorizer in self._vectorizers:
                found = vectorizer.features(text)
                places.extend(found)
                values.extend(found.values())
            starts.append(len(places))
        device = self._weight.device
        totals = F.embedding_bag(
            torch.tensor(places, dtype=torch.int64, device=device),
            self._weight,
            torch.tensor(starts, device=device),
            per_sample_weights=torch.tensor(values, dtype=torch.float32, device=device),
            mode="sum",
            include_last_offset=True,
        )
        logits = (totals + self._bias).double()
        require_finite(logits)
        return logits.softmax(-1).cpu()

    def _output(self, scores: Tensor, top_k: int) -> Json:
        output: dict[str, Json] = {"results": [self._ranked(row, top_k) for row in scores]}
        if flag := self._config.flag:
            unsafe = [1 - float(row[self._config.labels.index(flag.safe)]) for row in scores]
            output["flags"] = [
                {"flagged": score >= flag.threshold, "score": _rounded(score)} for score in unsafe
            ]
        return output

    def _ranked(self, scores: Tensor, top_k: int) -> list[dict[str, Json]]:
        best = scores.topk(top_k)
        return [
            {"label": self._config.labels[int(place)], "score": _rounded(float(score))}
            for score, place in zip(best.values, best.indices, strict=True)
        ]


def expected_shapes(config: LinearTextConfig) -> Shapes:
    """Return the tensors of a version with this config."""
    labels = len(config.labels)
    shapes: dict[str, tuple[int, ...]] = {
        "weight": (labels, config.features),
        "bias": (labels,),
    }
    for place, block in enumerate(config.blocks):
        shapes[f"idf.{place}"] = (block.size,)
    if config.automaton:
        shapes["automaton.moves"] = (config.automaton.states, 256)
        shapes["automaton.starts"] = (config.automaton.states + 1,)
        shapes["automaton.features"] = (config.automaton.outputs,)
    return shapes


def _expected_types(shapes: Shapes) -> dict[str, str]:
    integers = {"automaton.moves": "U16", "automaton.starts": "I32", "automaton.features": "I32"}
    return {name: integers.get(name, "F32") for name in shapes}


def _vectorizers(
    config: LinearTextConfig, folder: Path, tensors: dict[str, Tensor]
) -> list[Vectorizer]:
    if config.automaton:
        return [_automaton(config.automaton, tensors)]
    vocabularies = read_object(folder / "vocabulary.json", largest=_LARGEST_VOCABULARY).get(
        "blocks"
    )
    if not isinstance(vocabularies, list) or len(vocabularies) != len(config.blocks):
        raise BadModel("vocabulary.json: blocks must hold one list for each block of the config.")
    vectorizers: list[Vectorizer] = []
    start = 0
    for place, block in enumerate(config.blocks):
        numbered = _numbered(vocabularies[place], block.size, place)
        idf = array("d", tensors[f"idf.{place}"].tolist())
        vectorizers.append(Ngrams(block, numbered, idf, start))
        start += block.size
    return vectorizers


def _numbered(terms: Json, size: int, place: int) -> dict[str, int]:
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        raise BadModel(f"vocabulary.json: blocks.{place} must be a list of texts.")
    numbered = {term: number for number, term in enumerate(terms)}
    if len(numbered) != size or len(terms) != size:
        raise BadModel(f"vocabulary.json: blocks.{place} must hold {size} distinct texts.")
    return numbered


def _automaton(sizes: Automaton, tensors: dict[str, Tensor]) -> ByteAutomaton:
    moves, starts = tensors["automaton.moves"], tensors["automaton.starts"].tolist()
    features = tensors["automaton.features"].tolist()
    if int(moves.to(torch.int32).max()) >= sizes.states:
        raise BadModel("model.safetensors: automaton.moves leads to states that do not exist.")
    if starts[0] != 0 or starts[-1] != sizes.outputs or starts != sorted(starts):
        raise BadModel("model.safetensors: automaton.starts must rise from 0 to all outputs.")
    if min(features) < 0 or max(features) >= sizes.size:
        raise BadModel("model.safetensors: automaton.features names features that do not exist.")
    outputs = {
        state: tuple(features[starts[state] : starts[state + 1]])
        for state in range(sizes.states)
        if starts[state] < starts[state + 1]
    }
    return ByteAutomaton(array("H", moves.numpy().tobytes()), outputs)


def _rounded(score: float) -> float:
    return round(score, 7)
