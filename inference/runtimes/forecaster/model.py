"""A forecaster in memory: scales each series, runs all of them, rolls long horizons on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.runtimes.base import Json, LoadedModel, RunRequest, RuntimeRefusal
from inference.runtimes.batched import Answer, BatchedModel
from inference.runtimes.config_file import is_number
from inference.runtimes.forecaster import (
    BIGGEST,
    FEWEST_VALUES,
    LONGEST_HORIZON,
    ForecasterConfig,
    quantile_name,
)
from inference.runtimes.forecaster.network import expected_shapes, forecast
from inference.runtimes.inputs import read_integer, refuse_unknown
from inference.runtimes.tensor_file import load_floats, require_finite

Floats = NDArray[np.float64]
_NARROWEST_SPAN = 1e-5


@dataclass(slots=True)
class Series:
    """The past of one request, NaN where unknown, and the blocks forecast so far."""

    past: Floats
    horizon: int
    blocks: list[Floats]

    @property
    def steps(self) -> int:
        """How many steps are forecast already."""
        return sum(len(block) for block in self.blocks)


class Forecaster(BatchedModel[Series]):
    """A resident forecaster."""

    max_batch = 16
    meters = ("requests",)

    def __init__(self, config: ForecasterConfig, weights: dict[str, Tensor], device: str) -> None:
        self._config = config
        self._weights = weights
        self._device = device

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        config = ForecasterConfig.read(folder)
        return cls(config, load_floats(folder, expected_shapes(config), device=device), device)

    @property
    def memory_bytes(self) -> int:
        return sum(tensor.nbytes for tensor in self._weights.values())

    def prepare(self, request: RunRequest) -> Series:
        refuse_unknown(request.input, ("series", "horizon"))
        values = _read_series(request.input.get("series"), self._config.context)
        horizon = read_integer(request.input, "horizon", 1, LONGEST_HORIZON, self._config.block)
        return Series(values, horizon, [])

    def compute(self, inputs: list[Series]) -> list[Answer]:
        waiting = inputs
        while waiting:
            self._extend(waiting)
            waiting = [series for series in waiting if series.steps < series.horizon]
        return [(self._output(series), {"requests": 1}) for series in inputs]

    @torch.inference_mode()
    def _extend(self, batch: list[Series]) -> None:
        """Forecast one more block of each series, and take its median as known."""
        context = self._config.context
        values = np.zeros((len(batch), context), dtype=np.float32)
        known = np.zeros((len(batch), context), dtype=bool)
        lows, spans = np.empty(len(batch)), np.empty(len(batch))
        for row, series in enumerate(batch):
            tail = series.past[-context:]
            is_known = np.isfinite(tail)
            lows[row] = tail[is_known].min()
            spans[row] = max(tail[is_known].max() - lows[row], _NARROWEST_SPAN)
            scaled = np.where(is_known, (tail - lows[row]) / spans[row], 0)
            values[row, context - len(tail) :] = scaled
            known[row, context - len(tail) :] = is_known
        quantiles = self._forward(values, known) * spans[:, None, None] + lows[:, None, None]
        for series, block in zip(batch, quantiles, strict=True):
            series.blocks.append(block)
            series.past = np.concatenate([series.past, block[:, self._config.median]])

    def _forward(self, values: NDArray[np.float32], known: NDArray[np.bool_]) -> Floats:
        quantiles = forecast(
            self._config,
            self._weights,
            torch.from_numpy(values).to(self._device),
            torch.from_numpy(known).to(self._device),
        )
        require_finite(quantiles)
        return np.asarray(quantiles.double().cpu().numpy())

    def _output(self, series: Series) -> Json:
        steps = np.concatenate(series.blocks)[: series.horizon]
        rounded = [[float(f"{value:.10g}") for value in column] for column in steps.T]
        names = map(quantile_name, self._config.quantiles)
        quantiles = dict(zip(names, rounded, strict=True))
        return {"median": rounded[self._config.median], "quantiles": quantiles}


def _read_series(series: Json, longest: int) -> Floats:
    if not isinstance(series, list) or not FEWEST_VALUES <= len(series) <= longest:
        raise RuntimeRefusal("series", f"Give a list of {FEWEST_VALUES} to {longest} values.")
    for place, value in enumerate(series):
        if value is not None and not (is_number(value) and abs(value) <= BIGGEST):
            raise RuntimeRefusal(
                f"series.{place}", f"Give a number of at most {BIGGEST:g} in size, or null."
            )
    values = np.array([np.nan if value is None else value for value in series], dtype=np.float64)
    if np.isfinite(values).sum() < FEWEST_VALUES:
        raise RuntimeRefusal("series", f"At least {FEWEST_VALUES} values must be known.")
    return values
