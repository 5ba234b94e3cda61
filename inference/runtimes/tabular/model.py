"""The network behind a tabular version: one-hot and scaled inputs, ReLU layers, a sigmoid."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.base import Json, LoadedModel, RunRequest, RuntimeRefusal
from inference.runtimes.batched import Answer, BatchedModel
from inference.runtimes.config_file import is_number
from inference.runtimes.inputs import refuse_unknown
from inference.runtimes.tabular import MOST_ROWS, Column, TabularConfig
from inference.runtimes.tensor_file import Shapes, load_floats, require_finite

Row = dict[str, Json]
_INPUTS_AT_ONCE = 4_000_000


class TabularModel(BatchedModel[list[Row]]):
    """A resident tabular network."""

    max_batch = 32
    meters = ("requests", "rows")

    def __init__(self, config: TabularConfig, weights: dict[str, Tensor], device: str) -> None:
        self._config = config
        self._weights = weights
        self._device = device
        self._names = {column.name for column in config.columns}

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        config = TabularConfig.read(folder)
        return cls(config, load_floats(folder, expected_shapes(config), device=device), device)

    @property
    def memory_bytes(self) -> int:
        return sum(tensor.nbytes for tensor in self._weights.values())

    def prepare(self, request: RunRequest) -> list[Row]:
        refuse_unknown(request.input, ("rows",))
        rows = request.input.get("rows")
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
            raise RuntimeRefusal("rows", f"Give a list of 1 to {MOST_ROWS} rows.")
        return [self._check(row, f"rows.{place}") for place, row in enumerate(rows)]

    def compute(self, inputs: list[list[Row]]) -> list[Answer]:
        scored = iter(self.score([row for request in inputs for row in request]))
        answers = []
        for request in inputs:
            results = [next(scored) for _ in request]
            output = {"rows": results, "threshold": self._config.threshold}
            answers.append((output, {"requests": 1, "rows": len(request)}))
        return answers

    def score(self, rows: list[Row]) -> list[dict[str, Json]]:
        """Return probability and decision of any number of checked rows."""
        return list(map(self._decide, rows, self._probabilities(rows)))

    def _check(self, row: Json, field: str) -> Row:
        if not isinstance(row, Mapping):
            raise RuntimeRefusal(field, "Give an object with one value for each column.")
        refuse_unknown(row, self._names, within=f"{field}.")
        return {column.name: self._value(column, row, field) for column in self._config.columns}

    def _value(self, column: Column, row: Mapping[str, Json], field: str) -> Json:
        value = row.get(column.name)
        if value is None and column.name != self._config.group_column:
            value = column.missing
            if column.audit_only or value is not None:
                return value
        if column.categories:
            is_known = isinstance(value, str) and value in column.categories
            expected = "Give one of the categories of this column."
        else:
            is_known = _fits(column, value)
            kind = "whole number" if column.whole else "number"
            expected = f"Give a {kind} from {column.minimum:g} to {column.maximum:g}."
        if not is_known:
            raise RuntimeRefusal(f"{field}.{column.name}", expected)
        return value

    def _probabilities(self, rows: list[Row]) -> list[float]:
        size = max(1, _INPUTS_AT_ONCE // self._config.features)
        parts = (rows[start : start + size] for start in range(0, len(rows), size))
        return [probability for part in parts for probability in self._forward(part)]

    @torch.inference_mode()
    def _forward(self, rows: list[Row]) -> list[float]:
        hidden = encode(self._config, rows).to(self._device)
        last = len(self._config.hidden)
        for layer in range(last + 1):
            weight = self._weights[f"layers.{layer}.weight"]
            hidden = F.linear(hidden, weight, self._weights[f"layers.{layer}.bias"])
            hidden = hidden if layer == last else F.relu(hidden)
        require_finite(hidden)
        probabilities = hidden.squeeze(-1).double().sigmoid().cpu().numpy()
        return [float(probability) for probability in probabilities.round(7)]

    def _decide(self, row: Row, probability: float) -> dict[str, Json]:
        group = self._config.group_column
        if group is None:
            return {
                "probability": probability,
                "decision": probability >= self._config.threshold,
            }
        threshold = self._config.group_thresholds[row[group]]
        decision = probability >= threshold
        return {"probability": probability, "decision": decision, "threshold": threshold}


def _fits(column: Column, value: Json) -> bool:
    if not is_number(value) or not column.minimum <= value <= column.maximum:
        return False
    return not column.whole or value == int(value)


def encode(config: TabularConfig, rows: list[Row]) -> Tensor:
    """Turn checked rows into the inputs of the network."""
    inputs = torch.zeros(len(rows), config.features)
    start = 0
    for column in config.columns:
        values = [row[column.name] for row in rows]
        if column.width and column.categories:
            places = {category: place for place, category in enumerate(column.categories)}
            hot = torch.tensor([places[value] for value in values])
            inputs[torch.arange(len(rows)), start + hot] = 1
        elif column.width:
            numbers = torch.tensor(values, dtype=torch.float64)
            inputs[:, start] = ((numbers - column.mean) / column.scale).float()
        start += column.width
    return inputs


def expected_shapes(config: TabularConfig) -> Shapes:
    """Return the tensors of the network."""
    sizes = (config.features, *config.hidden, 1)
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        shapes[f"layers.{layer}.weight"] = (outputs, inputs)
        shapes[f"layers.{layer}.bias"] = (outputs,)
    return shapes
