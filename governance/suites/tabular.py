"""Examination of income scorers on UCI Adult: quality, and fairness by sex and race."""

from collections.abc import Sequence
from typing import Any

from governance.fairness import fairness_report
from governance.statistics import area_under_curve, wilson_interval
from governance.types import Metric, Row, Scored, Suite

DATASET = "adult-test-1.jsonl"
GROUPS = ("sex", "race")


def _features(row: Row) -> dict[str, Any]:
    return {"rows": [row["features"]]}


def _decisions(outputs: Sequence[Any]) -> list[int]:
    return [int(output["rows"][0]["decision"]) for output in outputs]


def _score_quality(rows: Sequence[Row], outputs: Sequence[Any]) -> Scored:
    truth, said = [int(row["label"]) for row in rows], _decisions(outputs)
    scores = [float(output["rows"][0]["probability"]) for output in outputs]
    right = sum(a == b for a, b in zip(truth, said, strict=True))
    low, high = wilson_interval(right, len(truth))
    metrics = (
        Metric("accuracy", right / len(truth), len(truth), low, high),
        Metric("AUC", area_under_curve(truth, scores), len(truth)),
        Metric("selection rate", sum(said) / len(said), len(said)),
    )
    return Scored(metrics)


def _score_fairness(rows: Sequence[Row], outputs: Sequence[Any]) -> Scored:
    truth, said = [int(row["label"]) for row in rows], _decisions(outputs)
    groups = {name: [row["groups"].get(name) for row in rows] for name in GROUPS}
    report = fairness_report(truth, said, groups)
    metrics = tuple(
        Metric(f"lowest impact ratio by {name}", table["lowest_impact_ratio"], len(truth))
        for name, table in report["attributes"].items()
    )
    return Scored(metrics, report)


def _is_income_scorer(signature: dict[str, Any]) -> bool:
    return "education" in str(signature.get("input_schema", {}))


SUITES = (
    Suite(
        id="adult-income",
        version=1,
        kind="evaluation",
        title="UCI Adult, test split",
        explains="Whether a person earned over 50,000 USD in 1994, on rows kept out of training.",
        task="tabular-classification",
        dataset=DATASET,
        to_input=_features,
        score=_score_quality,
        fits=_is_income_scorer,
    ),
    Suite(
        id="adult-income-fairness",
        version=1,
        kind="fairness",
        title="Fairness by sex and race on UCI Adult",
        explains="Selection rates, impact ratios and equalized odds; flagged below four fifths.",
        task="tabular-classification",
        dataset=DATASET,
        to_input=_features,
        score=_score_fairness,
        fits=_is_income_scorer,
    ),
)
