"""Fairness of decisions by group: rates, impact ratios, equalized odds.

Impact ratio: a group's selection rate by that of the group selected most (NYC Local Law
144; the four-fifths rule of 29 CFR 1607.4(D) flags ratios below 0.80). Groups of less than two
percent are left out of that comparison, as the law's rules allow, unless all are so small. The
other measures follow fairlearn's definitions: demographic parity and equalized odds as the
difference and the ratio between the extremes over groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from governance.resampling import bootstrap_intervals
from governance.statistics import wilson_interval

FOUR_FIFTHS = 0.8
SMALL_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Group:
    """What was decided for the ``n`` people of one group; intervals are Wilson's, of 95 %."""

    group: str
    n: int
    selection_rate: float
    selection_interval: tuple[float, float]
    accuracy: float
    accuracy_interval: tuple[float, float]
    true_positive_rate: float
    true_positive_interval: tuple[float, float]
    false_positive_rate: float
    false_positive_interval: tuple[float, float]
    impact_ratio: float
    is_small: bool


def fairness_report(
    truth: Sequence[int],
    decisions: Sequence[int],
    groups: Mapping[str, Sequence[str | None]],
) -> dict[str, Any]:
    """Return the fairness of 0/1 decisions by each attribute and by all of them together.

    A person whose group is ``None`` counts as unknown and stands in no group. Groups with
    less than two percent of the people are reported and marked ``is_small``.
    """
    columns = {name: list(values) for name, values in groups.items()}
    if len(columns) > 1:
        columns[" and ".join(groups)] = _intersections(list(groups.values()))
    attributes = {name: _attribute(truth, decisions, values) for name, values in columns.items()}
    return {"attributes": attributes, "four_fifths": FOUR_FIFTHS, "n": len(truth)}


def _intersections(columns: Sequence[Sequence[str | None]]) -> list[str | None]:
    return [
        None if None in values else ", ".join(str(value) for value in values)
        for values in zip(*columns, strict=True)
    ]


def _attribute(
    truth: Sequence[int], decisions: Sequence[int], values: Sequence[str | None]
) -> dict[str, Any]:
    members: dict[str, list[tuple[int, int]]] = {}
    for label, decision, value in zip(truth, decisions, values, strict=True):
        if value is not None:
            members.setdefault(value, []).append((label, decision))
    decisive = _decisive(members, total=len(truth))
    highest = max((_mean([said for _, said in members[name]]) for name in decisive), default=0.0)
    groups = [
        _group(name, pairs, highest=highest, is_small=len(pairs) < SMALL_SHARE * len(truth))
        for name, pairs in sorted(members.items())
    ]
    return {
        "groups": [asdict(group) for group in groups],
        "unknown": sum(value is None for value in values),
        **_summary(groups, decisive),
        "intervals": _intervals(members, decisive) if members else {},
    }


def _decisive(members: Mapping[str, Sequence[Any]], *, total: int) -> set[str]:
    """Return the groups that the four-fifths rule compares."""
    large = {name for name, pairs in members.items() if len(pairs) >= SMALL_SHARE * total}
    return large or set(members)


def _intervals(
    members: Mapping[str, Sequence[tuple[int, int]]], decisive: set[str]
) -> dict[str, list[float]]:
    names = sorted(members)
    counts = np.zeros((len(names), 2, 2), dtype=np.int64)
    for place, name in enumerate(names):
        for label, decision in members[name]:
            counts[place, label, decision] += 1
    return bootstrap_intervals(counts, np.array([name in decisive for name in names]))


def _group(name: str, pairs: Sequence[tuple[int, int]], *, highest: float, is_small: bool) -> Group:
    said = [decision for _, decision in pairs]
    right = [int(label == decision) for label, decision in pairs]
    when_true = [decision for label, decision in pairs if label]
    when_false = [decision for label, decision in pairs if not label]
    return Group(
        group=name,
        n=len(pairs),
        selection_rate=_mean(said),
        selection_interval=_interval(said),
        accuracy=_mean(right),
        accuracy_interval=_interval(right),
        true_positive_rate=_mean(when_true),
        true_positive_interval=_interval(when_true),
        false_positive_rate=_mean(when_false),
        false_positive_interval=_interval(when_false),
        impact_ratio=_mean(said) / highest if highest else 1.0,
        is_small=is_small,
    )


def _summary(groups: Sequence[Group], decisive: set[str]) -> dict[str, Any]:
    selection = [group.selection_rate for group in groups]
    odds = (
        [group.true_positive_rate for group in groups],
        [group.false_positive_rate for group in groups],
    )
    lowest = min((group.impact_ratio for group in groups if group.group in decisive), default=1.0)
    return {
        "lowest_impact_ratio": lowest,
        "four_fifths_flag": lowest < FOUR_FIFTHS,
        "demographic_parity_difference": _spread(selection),
        "demographic_parity_ratio": _ratio(selection),
        "equalized_odds_difference": max(_spread(rates) for rates in odds),
        "equalized_odds_ratio": min(_ratio(rates) for rates in odds),
    }


def _interval(hits: Sequence[int]) -> tuple[float, float]:
    return wilson_interval(sum(hits), len(hits))


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0


def _spread(values: Sequence[float]) -> float:
    return max(values, default=0.0) - min(values, default=0.0)


def _ratio(values: Sequence[float]) -> float:
    highest = max(values, default=0.0)
    return min(values, default=0.0) / highest if highest else 1.0
