"""Small statistics of evaluations: exact, deterministic, plain Python."""

import math
from collections.abc import Sequence

Z_95 = 1.959963984540054
_LEAST = 1e-15


def wilson_interval(hits: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share (Wilson, 1927); (0, 1) when n is 0."""
    if n == 0:
        return 0.0, 1.0
    share, square = hits / n, z * z
    center = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    # Rounding must not move an end that is exactly 0 or 1.
    low = max(0.0, center - half) if hits else 0.0
    return low, min(1.0, center + half) if hits < n else 1.0


def area_under_curve(truth: Sequence[int], scores: Sequence[float]) -> float:
    """Return the area under the ROC curve by ranks, ties counted half.

    Raises ``ValueError`` when only one class is there.
    """
    positives = sum(truth)
    negatives = len(truth) - positives
    if not positives or not negatives:
        raise ValueError("the area under the curve needs both classes")
    ranks = _average_ranks(scores)
    above = sum(rank for rank, label in zip(ranks, truth, strict=True) if label)
    return (above - positives * (positives + 1) / 2) / (positives * negatives)


def _average_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def log_loss(truth: Sequence[int], probabilities: Sequence[float]) -> float:
    """Return the mean surprise, in nats, at what was true; certain errors cost 34.5 each."""
    surprises = [
        -math.log(max(probability if label else 1 - probability, _LEAST))
        for label, probability in zip(truth, probabilities, strict=True)
    ]
    return sum(surprises) / len(surprises)


def f1_score(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """Return the harmonic mean of precision and recall; 0 when nothing was said or true."""
    both = sum(a and b for a, b in zip(truth, said, strict=True))
    total = sum(truth) + sum(said)
    return 2 * both / total if total else 0.0


def mase(
    truth: Sequence[float], forecast: Sequence[float], history: Sequence[float], season: int = 1
) -> float:
    """Return the mean absolute scaled error (Hyndman and Koehler, 2006).

    The scale is the mean absolute error of the seasonal naive forecast within ``history``.
    Raises ``ValueError`` when the history never changes or is shorter than a season.
    """
    steps = [abs(a - b) for a, b in zip(history[season:], history[:-season], strict=True)]
    scale = sum(steps) / len(steps) if steps else 0.0
    if not scale:
        raise ValueError("the history is constant or shorter than a season")
    errors = [abs(a - b) for a, b in zip(truth, forecast, strict=True)]
    return sum(errors) / len(errors) / scale
