"""Latency of a version on this machine, measured with its own example."""

import time
from statistics import quantiles
from typing import Any

from catalog.types import VersionRef
from governance.errors import EvaluationFailed
from governance.types import Metric, Scored
from inference.services.execution import run_unmetered
from marketplace.core.canonical import sha256_hex

WARM_UPS = 2
MOST_RUNS = 30
LONGEST_SECONDS = 12.0
PERFORMANCE = {
    "id": "latency-profile",
    "version": 1,
    "digest": sha256_hex(b"latency-profile@1: two warm-ups, then one call at a time"),
}


def measure(ref: VersionRef, signature: dict[str, Any]) -> Scored:
    """Time single calls of the signature's example, one after another.

    Raises ``EvaluationFailed`` when the example does not run.
    """
    example = signature["example"]
    for _ in range(WARM_UPS):
        _timed(ref, example)
    times: list[float] = []
    began = time.monotonic()
    while len(times) < MOST_RUNS and time.monotonic() - began < LONGEST_SECONDS:
        times.append(_timed(ref, example))
    return Scored(tuple(_metrics(times)), {"milliseconds": [round(one, 3) for one in times]})


def _timed(ref: VersionRef, example: dict[str, Any]) -> float:
    began = time.perf_counter()
    result = run_unmetered(ref, [example])[0]
    if isinstance(result, Exception):
        raise EvaluationFailed(suite=PERFORMANCE["id"], row=1, reason=str(result))
    return (time.perf_counter() - began) * 1000


def _metrics(times: list[float]) -> list[Metric]:
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return [
        Metric("latency p50", cuts[49], len(times), unit="ms", higher_is_better=False),
        Metric("latency p95", cuts[94], len(times), unit="ms", higher_is_better=False),
    ]
