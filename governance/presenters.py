"""What the evidence tab and the card show, prepared for templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance import selectors
from governance.cards import PROVENANCE_LABELS, written, written_metric
from governance.models import Evidence, Provenance
from governance.services.evaluations import agrees
from governance.suites import SUITES
from governance.types import ModelCard
from marketplace.core.charts import HorizontalBars
from marketplace.core.ui import Pair

if TYPE_CHECKING:
    from accounts.types import Caller
    from catalog.models import Listing, Version

FOUR_FIFTHS = 0.8


@dataclass(frozen=True, slots=True)
class ResultView:
    """One signed result as people read it."""

    id: str
    title: str
    explains: str
    kind: str
    metrics: Sequence[Pair]
    facts: Sequence[Pair]
    url: str
    is_reproducible: bool
    reproductions: int
    disagreements: int
    measured_at: Any


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A line of a fairness table."""

    name: str
    n: int
    selection: str
    interval: str
    impact: str
    is_below: bool
    true_positive: str
    false_positive: str
    is_small: bool


@dataclass(frozen=True, slots=True)
class AttributeView:
    """Fairness by one attribute."""

    name: str
    lowest: str
    is_flagged: bool
    rows: Sequence[GroupRow]
    differences: Sequence[Pair]
    chart: HorizontalBars


@dataclass(frozen=True, slots=True)
class EvidenceTab:
    """Everything the evidence tab of a listing shows."""

    version: "Version"
    results: Sequence[ResultView]
    fairness: Sequence[AttributeView]
    fairness_url: str
    provenance: Sequence[Pair]
    card: ModelCard
    may_reproduce: bool


def evidence_tab(listing: "Listing", version: "Version", *, viewer: "Caller | None") -> EvidenceTab:
    """Return the evidence tab of a version."""
    evidence = list(selectors.evidence_of(version))
    fairness = next((one for one in evidence if one.kind == "fairness"), None)
    return EvidenceTab(
        version=version,
        results=[result_view(one) for one in evidence],
        fairness=attribute_views(fairness) if fairness else (),
        fairness_url=f"/evidence/{fairness.pk}/" if fairness else "",
        provenance=provenance_pairs(selectors.provenance_of(version)),
        card=selectors.model_card(listing, version),
        may_reproduce=bool(viewer) and viewer.can("predictions.run"),  # type: ignore[union-attr]
    )


def result_view(evidence: Evidence) -> ResultView:
    """Return a result for people."""
    suite = SUITES.get(evidence.suite)
    again = list(evidence.reproductions.all())
    return ResultView(
        id=str(evidence.pk),
        title=suite.title if suite else "Latency on this machine",
        explains=suite.explains if suite else "Single calls of the version's own example.",
        kind=evidence.get_kind_display(),
        metrics=[
            Pair(metric["name"], written_metric(metric), mark="measured")
            for metric in evidence.metrics["metrics"]
        ],
        facts=_facts(evidence),
        url=f"/evidence/{evidence.pk}/",
        is_reproducible=suite is not None,
        reproductions=len(again),
        disagreements=sum(not agrees(evidence, one) for one in again),
        measured_at=evidence.created_at,
    )


def _facts(evidence: Evidence) -> list[Pair]:
    digests = {
        "Suite": f"{evidence.suite} {evidence.suite_digest}",
        "Data": evidence.dataset_digest,
        "Environment": evidence.environment_digest,
        "Outputs": evidence.output_digest,
        "Statement": evidence.digest,
    }
    return [Pair(label, value, copy=True) for label, value in digests.items() if value]


def attribute_views(evidence: Evidence) -> list[AttributeView]:
    """Return the fairness tables of a result, one for each attribute."""
    attributes = evidence.report["attributes"]
    return [_attribute(name, table) for name, table in attributes.items()]


def _attribute(name: str, table: dict[str, Any]) -> AttributeView:
    rows = [_group(group) for group in table["groups"]]
    rates = [(group["group"], group["selection_rate"]) for group in table["groups"]]
    differences = [
        Pair("Demographic parity difference", written(table["demographic_parity_difference"])),
        Pair("Demographic parity ratio", written(table["demographic_parity_ratio"])),
        Pair("Equalized odds difference", written(table["equalized_odds_difference"])),
        Pair("Equalized odds ratio", written(table["equalized_odds_ratio"])),
    ]
    return AttributeView(
        name=name,
        lowest=written(table["lowest_impact_ratio"]),
        is_flagged=table["four_fifths_flag"],
        rows=rows,
        differences=differences,
        chart=HorizontalBars(
            title=f"Selection rate by {name}",
            description="The share of each group that the model decides in favor of.",
            rows=rates,
            format=written,
        ),
    )


def _group(group: dict[str, Any]) -> GroupRow:
    low, high = group["selection_interval"]
    return GroupRow(
        name=group["group"],
        n=group["n"],
        selection=written(group["selection_rate"]),
        interval=f"{written(low)} to {written(high)}",
        impact=written(group["impact_ratio"]),
        is_below=group["impact_ratio"] < FOUR_FIFTHS,
        true_positive=written(group["true_positive_rate"]),
        false_positive=written(group["false_positive_rate"]),
        is_small=group["is_small"],
    )


def provenance_pairs(provenance: Provenance | None) -> list[Pair]:
    """Return the lines of a version's origin, each marked by whose word it is."""
    if provenance is None:
        return []
    return [
        Pair(label, value, mark="measured" if field in provenance.measured_fields else "stated")
        for field, label in PROVENANCE_LABELS.items()
        if (value := getattr(provenance, field))
    ]
