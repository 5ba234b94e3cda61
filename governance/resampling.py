"""How far fairness measures would move on another sample of the same people.

People of one group, label and decision are alike to every measure, so that drawing people
with replacement is drawing counts from one multinomial distribution.
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

RESAMPLES = 1_000
SEED = 1994
_EDGES = (2.5, 97.5)


def bootstrap_intervals(counts: Counts, decisive: NDArray[np.bool_]) -> dict[str, list[float]]:
    """Return 95 % percentile intervals of the measures of one attribute.

    ``counts`` holds people by group, label and decision; ``decisive`` says which groups are
    large enough for the four-fifths rule.
    """
    total = int(counts.sum())
    dice = np.random.Generator(np.random.PCG64(SEED))
    drawn = dice.multinomial(total, counts.ravel() / total, size=RESAMPLES)
    measures = parity_measures(drawn.reshape(RESAMPLES, *counts.shape), decisive)
    return {name: np.percentile(values, _EDGES).tolist() for name, values in measures.items()}


def parity_measures(counts: Counts, decisive: NDArray[np.bool_]) -> dict[str, Floats]:
    """Return the measures of each table of counts along the leading axes."""
    people = counts.sum((-1, -2))
    selection = _rate(counts[..., 1].sum(-1), people)
    odds = [_rate(counts[..., label, 1], counts[..., label, :].sum(-1)) for label in (1, 0)]
    odds = [np.where(people > 0, np.nan_to_num(rate), np.nan) for rate in odds]
    judged = np.where(decisive, selection, np.nan) if decisive.any() else selection
    return {
        "lowest_impact_ratio": _ratio(judged),
        "demographic_parity_difference": _spread(selection),
        "demographic_parity_ratio": _ratio(selection),
        "equalized_odds_difference": np.maximum(_spread(odds[0]), _spread(odds[1])),
        "equalized_odds_ratio": np.minimum(_ratio(odds[0]), _ratio(odds[1])),
    }


def _rate(part: Counts, whole: Counts) -> Floats:
    """Divide, leaving NaN where there is nobody."""
    rates = np.full(part.shape, np.nan)
    np.divide(part, whole, out=rates, where=whole > 0)
    return rates


def _spread(rates: Floats) -> Floats:
    return np.asarray(_highest(rates) - _lowest(rates))


def _ratio(rates: Floats) -> Floats:
    highest = _highest(rates)
    ratios = np.ones_like(highest)
    np.divide(_lowest(rates), highest, out=ratios, where=highest > 0)
    return ratios


def _highest(rates: Floats) -> Floats:
    """Return the largest rate of each table; 0 where every group came out empty."""
    highest = np.where(np.isnan(rates), -np.inf, rates).max(-1)
    return np.where(np.isinf(highest), 0.0, highest)


def _lowest(rates: Floats) -> Floats:
    lowest = np.where(np.isnan(rates), np.inf, rates).min(-1)
    return np.where(np.isinf(lowest), 0.0, lowest)
