"""Trains the income scorer on UCI Adult, and derives its parity edition.

Deterministic: the same data, recipe, kind of processor and torch give the same bytes, since one
thread does the work and no clock is written down.
"""

import hashlib
import itertools
import json
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from authoring.trainers.adult import MISSING, NAMED, PROTECTED, AdultColumn, AdultRows
from governance.fairness import fairness_report
from governance.statistics import area_under_curve, log_loss
from inference.runtimes.tabular import TabularConfig
from inference.runtimes.tabular.model import TabularModel, encode

RECORD = "training_record.json"


@dataclass(frozen=True, slots=True)
class TabularRecipe:
    """Everything that decides the result beside the data."""

    hidden: tuple[int, ...] = (64, 32)
    epochs: int = 12
    rows: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    threshold: float = 0.5
    uses_protected: bool = True
    seed: int = 20_261_124


@dataclass(frozen=True, slots=True)
class Quality:
    """What a scorer does on rows it never saw."""

    rows: int
    accuracy: float
    area_under_curve: float
    log_loss: float
    selection_rate: float
    fairness: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class TabularRecord:
    """How a scorer came to be, complete enough to make it again."""

    data: str
    training_sha256: str
    test_sha256: str
    training_rows: int
    recipe: TabularRecipe
    optimizer: str
    schedule: str
    parameters: int
    final_loss: float
    quality: Quality
    torch_version: str
    threads: int
    machine: str


@dataclass(frozen=True, slots=True)
class ParityRecord:
    """How the parity edition came to be from its base."""

    base_sha256: str
    training_sha256: str
    test_sha256: str
    method: str
    group_column: str
    thresholds: dict[str, float]
    quality: Quality


def train_income_scorer(
    training: AdultRows, test: AdultRows, target: Path, *, recipe: TabularRecipe | None = None
) -> TabularRecord:
    """Train the scorer and write its version folder to ``target``, with its record beside it."""
    recipe = recipe or TabularRecipe()
    target.mkdir(parents=True, exist_ok=True)
    _write_json(target / "config.json", _config(training, recipe))
    with _one_thread():
        network, loss = _train(TabularConfig.read(target), training, recipe)
        save_file(_tensors(network), target / "model.safetensors", metadata={"format": "pt"})
        quality = measure(target, test)
    record = TabularRecord(
        data="UCI Adult (Becker and Kohavi, 1996), doi 10.24432/C5XW20, CC BY 4.0",
        training_sha256=training.sha256,
        test_sha256=test.sha256,
        training_rows=len(training.labels),
        recipe=recipe,
        optimizer="AdamW",
        schedule="cosine to zero",
        parameters=sum(tensor.numel() for tensor in network.parameters()),
        final_loss=round(loss, 4),
        quality=quality,
        torch_version=torch.__version__,
        threads=1,
        machine=platform.machine(),
    )
    _write_json(target / RECORD, asdict(record))
    return record


def derive_parity(
    base: Path, training: AdultRows, test: AdultRows, target: Path, *, column: str = "sex"
) -> ParityRecord:
    """Write an edition of ``base`` whose thresholds select every group at the same rate.

    The weights stay as they are. Each threshold is the quantile of the training scores at
    which a group is selected as often as the base selects all people together.
    """
    target.mkdir(parents=True, exist_ok=True)
    with _one_thread():
        thresholds = _parity_thresholds(base, training, column)
        config = json.loads((base / "config.json").read_text(encoding="utf-8"))
        config["group_thresholds"] = {"column": column, "thresholds": thresholds}
        _write_json(target / "config.json", config)
        weights = (base / "model.safetensors").read_bytes()
        (target / "model.safetensors").write_bytes(weights)
        quality = measure(target, test)
    record = ParityRecord(
        base_sha256=hashlib.sha256(weights).hexdigest(),
        training_sha256=training.sha256,
        test_sha256=test.sha256,
        method="one threshold for each group, at the selection rate of the base for all",
        group_column=column,
        thresholds=thresholds,
        quality=quality,
    )
    _write_json(target / RECORD, asdict(record))
    return record


def measure(folder: Path, rows: AdultRows) -> Quality:
    """Run the version in ``folder`` over rows and measure its quality and fairness."""
    model = TabularModel.load(folder, device="cpu")
    scored = model.score(list(rows.features))
    decisions = [int(row["decision"]) for row in scored]
    groups = {name: [row[name] for row in rows.features] for name in PROTECTED}
    report = fairness_report(rows.labels, decisions, groups)["attributes"]
    right = sum(map(int.__eq__, decisions, rows.labels))
    probabilities = [row["probability"] for row in scored]
    return Quality(
        rows=len(decisions),
        accuracy=round(right / len(decisions), 4),
        area_under_curve=round(area_under_curve(rows.labels, probabilities), 4),
        log_loss=round(log_loss(rows.labels, probabilities), 4),
        selection_rate=round(sum(decisions) / len(decisions), 4),
        fairness={name: _extremes(report[name]) for name in PROTECTED},
    )


def _extremes(table: dict[str, Any]) -> dict[str, float]:
    names = ("demographic_parity_difference", "demographic_parity_ratio", "lowest_impact_ratio")
    return {name: round(table[name], 4) for name in names}


def _parity_thresholds(base: Path, training: AdultRows, column: str) -> dict[str, float]:
    model = TabularModel.load(base, device="cpu")
    scored = model.score(list(training.features))
    probabilities = np.array([row["probability"] for row in scored])
    selected = float(np.mean([row["decision"] for row in scored]))
    groups = np.array([row[column] for row in training.features])
    return {
        str(group): round(float(np.quantile(probabilities[groups == group], 1 - selected)), 4)
        for group in np.unique(groups)
    }


def _train(
    config: TabularConfig, training: AdultRows, recipe: TabularRecipe
) -> tuple[nn.Sequential, float]:
    inputs = encode(config, list(training.features))
    labels = torch.tensor(training.labels, dtype=torch.float32)
    generator = torch.Generator().manual_seed(recipe.seed)
    network = _network(config, generator)
    steps = recipe.epochs * -(-len(labels) // recipe.rows)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    total = 0.0
    for _ in range(recipe.epochs):
        total = 0.0
        shuffled = torch.randperm(len(labels), generator=generator)
        for rows in torch.split(shuffled, recipe.rows):
            loss = F.binary_cross_entropy_with_logits(
                network(inputs[rows]).squeeze(-1), labels[rows]
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
    return network, total / len(labels)


def _network(config: TabularConfig, generator: torch.Generator) -> nn.Sequential:
    """Make the layers with weights drawn from a generator of their own."""
    sizes = (config.features, *config.hidden, 1)
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layer = nn.Linear(inputs, outputs)
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(layer.bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _tensors(network: nn.Sequential) -> dict[str, Tensor]:
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    tensors: dict[str, Tensor] = {}
    for place, layer in enumerate(linear):
        tensors[f"layers.{place}.weight"] = layer.weight.detach().contiguous()
        tensors[f"layers.{place}.bias"] = layer.bias.detach().contiguous()
    return tensors


def _config(training: AdultRows, recipe: TabularRecipe) -> dict[str, Any]:
    return {
        "runtime": "tabular-mlp",
        "positive": "over 50,000 USD a year",
        "threshold": recipe.threshold,
        "hidden": list(recipe.hidden),
        "columns": [_column(column, training, recipe) for column in NAMED],
    }


def _column(column: AdultColumn, training: AdultRows, recipe: TabularRecipe) -> dict[str, Any]:
    name = str(column.name)
    described: dict[str, Any] = {
        "name": name,
        "title": column.title,
        "description": column.description,
    }
    if name in PROTECTED:
        described |= {"protected": True, "audit_only": not recipe.uses_protected}
    values = [row[name] for row in training.features]
    return described | (_number(column, values) if column.is_number else _category(column, values))


def _number(column: AdultColumn, values: Sequence[int]) -> dict[str, Any]:
    numbers = np.array(values, dtype=np.float64)
    return {
        "kind": "number",
        "minimum": column.minimum,
        "maximum": column.maximum,
        "whole": True,
        "mean": round(float(numbers.mean()), 6),
        "scale": round(float(numbers.std()), 6) or 1.0,
        "example": column.example,
    }


def _category(column: AdultColumn, values: Sequence[str]) -> dict[str, Any]:
    categories = sorted(set(values))
    example = column.example if column.example in categories else categories[0]
    described = {"kind": "category", "categories": categories, "example": example}
    return {**described, "missing": MISSING} if MISSING in categories else described


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums of floats depend on how they are shared between threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
