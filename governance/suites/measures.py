"""Metrics that several suites give."""

from collections.abc import Sequence

from governance.statistics import wilson_interval
from governance.types import Metric


def share(name: str, hits: Sequence[bool]) -> Metric:
    """Return the share of hits with its Wilson 95 % interval."""
    low, high = wilson_interval(sum(hits), len(hits))
    return Metric(name, sum(hits) / len(hits), len(hits), low, high)
