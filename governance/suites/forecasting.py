"""Examination of forecasters on held-out ends of public series."""

from collections.abc import Sequence
from typing import Any

from governance.statistics import mase
from governance.types import Metric, Row, Scored, Suite

HORIZON = 24


def _history(row: Row) -> dict[str, Any]:
    return {"series": row["values"][:-HORIZON][-2048:], "horizon": HORIZON}


def _naive(history: Sequence[float], season: int) -> list[float]:
    return [history[-season + step % season] for step in range(HORIZON)]


def _score(rows: Sequence[Row], outputs: Sequence[Any]) -> Scored:
    table = [_compare(row, output) for row, output in zip(rows, outputs, strict=True)]
    wins = sum(line["model"] < line["seasonal naive"] for line in table)
    average = sum(line["model"] for line in table) / len(table)
    metrics = (
        Metric("mean MASE", average, len(table), higher_is_better=False),
        Metric("series better than seasonal naive", wins / len(table), len(table)),
        Metric("80 % band coverage", _coverage(rows, outputs), len(table) * HORIZON),
    )
    return Scored(metrics, {"series": table})


def _compare(row: Row, output: Any) -> dict[str, Any]:
    history, truth, season = row["values"][:-HORIZON], row["values"][-HORIZON:], row["season"]
    return {
        "name": row["name"],
        "model": mase(truth, output["median"], history, season),
        "seasonal naive": mase(truth, _naive(history, season), history, season),
    }


def _coverage(rows: Sequence[Row], outputs: Sequence[Any]) -> float:
    inside = [
        low <= value <= high
        for row, output in zip(rows, outputs, strict=True)
        for value, low, high in zip(
            row["values"][-HORIZON:],
            output["quantiles"]["0.1"],
            output["quantiles"]["0.9"],
            strict=True,
        )
    ]
    return float(sum(inside) / len(inside))


SUITES = (
    Suite(
        id="held-out-series",
        version=1,
        kind="evaluation",
        title="Held-out ends of public series",
        explains="The last 24 points of four series; MASE against the seasonal naive forecast.",
        task="forecasting",
        dataset="series-1.jsonl",
        to_input=_history,
        score=_score,
    ),
)
