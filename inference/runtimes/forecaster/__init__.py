"""Zero-shot forecasts of one series: a median and quantiles for each step ahead."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inference.runtimes.base import Json, Runtime, Schema, Signature
from inference.runtimes.config_file import read_config

FEWEST_VALUES = 8
LONGEST_HORIZON = 192
BIGGEST = 1e15


@dataclass(frozen=True, slots=True)
class ForecasterConfig:
    """The architecture of a forecaster: an encoder of the past and a head for the future."""

    width: int
    context: int
    block: int
    quantiles: tuple[float, ...]
    stages: int
    kernel: int
    inner: float
    scale_features: int
    periods: int
    shortest_period: int
    significance: float
    head_inner: int
    head_layers: int
    smoothing_layers: int
    smoothing_kernel: int
    future_layers: int
    future_seed: int
    phase_bins: int

    @property
    def median(self) -> int:
        """The place of the median among the quantiles."""
        return min(range(len(self.quantiles)), key=lambda place: abs(self.quantiles[place] - 0.5))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read and check ``config.json``; raises ``BadModel``."""
        config = read_config(folder, runtime="forecaster")
        config.choice("architecture", "fracast")
        quantiles = config.numbers("quantiles", most=99, low=0.001, high=0.999)
        if list(quantiles) != sorted(set(quantiles)) or 0.5 not in quantiles:
            raise config.bad("quantiles", "a rising list with 0.5 in it")
        return cls(
            width=config.integer("width", 1, 512),
            context=config.integer("context", 16, 4096),
            block=config.integer("block", 1, LONGEST_HORIZON),
            quantiles=quantiles,
            stages=config.integer("stages", 1, 12),
            kernel=config.integer("kernel", 1, 9),
            inner=config.number("inner", 0.1, 8),
            scale_features=2 * config.integer("scale_frequencies", 1, 32),
            periods=config.integer("periods", 1, 16),
            shortest_period=config.integer("shortest_period", 2, 64),
            significance=config.number("significance", 1e-6, 1),
            head_inner=config.integer("head_inner", 1, 4096),
            head_layers=config.integer("head_layers", 1, 12),
            smoothing_layers=config.integer("smoothing_layers", 1, 8),
            smoothing_kernel=config.integer("smoothing_kernel", 1, 9),
            future_layers=config.integer("future_layers", 1, 12),
            future_seed=config.integer("future_seed", 1, 4096),
            phase_bins=config.integer("phase_bins", 1, 256),
        )


class ForecasterRuntime(Runtime):
    """Serves ``forecaster`` versions."""

    name = "forecaster"
    loader = "inference.runtimes.forecaster.model.Forecaster"

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        config = ForecasterConfig.read(folder)
        return Signature(
            task="forecasting",
            input_schema=_input_schema(config),
            output_schema=_output_schema(config),
            meters=("requests",),
            example={"series": list(_WEEKS[-config.context :]), "horizon": min(14, config.block)},
        )


# Six weeks of visitors a day: quiet Mondays, busy Saturdays, slow growth.
_WEEKS: tuple[Json, ...] = tuple(
    visitors + 3 * week for week in range(6) for visitors in (118, 124, 131, 140, 172, 214, 187)
)


def quantile_name(quantile: float) -> str:
    """Return the key under which a quantile is answered."""
    return f"{quantile:g}"


def _input_schema(config: ForecasterConfig) -> Schema:
    return {
        "type": "object",
        "title": "Series to continue",
        "properties": {
            "series": {
                "type": "array",
                "title": "Series",
                "description": "Evenly spaced values, oldest first; null where one is missing. "
                f"At least {FEWEST_VALUES} must be known.",
                "items": {"type": ["number", "null"], "minimum": -BIGGEST, "maximum": BIGGEST},
                "minItems": FEWEST_VALUES,
                "maxItems": config.context,
            },
            "horizon": {
                "type": "integer",
                "title": "Steps ahead",
                "description": f"Beyond {config.block} steps the forecast is continued from its "
                "own median.",
                "minimum": 1,
                "maximum": LONGEST_HORIZON,
                "default": config.block,
            },
        },
        "required": ["series"],
        "additionalProperties": False,
    }


def _output_schema(config: ForecasterConfig) -> Schema:
    steps: Schema = {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 1,
        "maxItems": LONGEST_HORIZON,
    }
    names = [quantile_name(quantile) for quantile in config.quantiles]
    return {
        "type": "object",
        "title": "Forecast",
        "properties": {
            "median": steps | {"title": "Median of each step"},
            "quantiles": {
                "type": "object",
                "title": "Quantiles of each step",
                "properties": dict.fromkeys(names, steps),
                "required": names,
            },
        },
        "required": ["median", "quantiles"],
        "additionalProperties": False,
    }
