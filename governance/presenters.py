"""What the evidence tab and the card show, prepared for templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance import selectors
from governance.cards import PROVENANCE_LABELS, written_metric
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
DIFFERENCES = {
    "lowest_impact_ratio": "Lowest impact ratio",
    "demographic_parity_difference": "Demographic parity difference",
    "demographic_parity_ratio": "Demographic parity ratio",
    "equalized_odds_difference": "Equalized odds difference",
    "equalized_odds_ratio": "Equalized odds ratio",
}


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
class Measured:
    """A share, and its 95 % interval in words."""

    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A line of a fairness table."""

    name: str
    n: str
    selection: Measured
    true_positive: Measured
    false_positive: Measured
    impact: str
    is_below: bool
    is_small: bool


@dataclass(frozen=True, slots=True)
class AttributeView:
    """Fairness by one attribute."""

    name: str
    is_flagged: bool
    has_small: bool
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
    card_sections: Sequence[tuple[str, Sequence[Pair]]]
    may_reproduce: bool


def evidence_tab(listing: "Listing", version: "Version", *, viewer: "Caller | None") -> EvidenceTab:
    """Return the evidence tab of a version."""
    evidence = list(selectors.evidence_of(version))
    fairness = next((one for one in evidence if one.kind == "fairness"), None)
    card = selectors.model_card(listing, version)
    return EvidenceTab(
        version=version,
        results=[result_view(one) for one in evidence],
        fairness=attribute_views(fairness) if fairness else (),
        fairness_url=f"/evidence/{fairness.pk}/" if fairness else "",
        provenance=provenance_pairs(selectors.provenance_of(version)),
        card=card,
        card_sections=card_sections(card),
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
            Pair(
                metric["name"][:1].upper() + metric["name"][1:],
                written_metric(metric),
                mark="measured",
            )
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
    """Return the fairness tables of a result, one for each attribute, charts to one scale."""
    attributes = evidence.report["attributes"]
    ends = [
        group["selection_interval"][1] for table in attributes.values() for group in table["groups"]
    ]
    longest = max(ends, default=1.0)
    return [_attribute(name, table, longest) for name, table in attributes.items()]


def _attribute(name: str, table: dict[str, Any], longest: float) -> AttributeView:
    groups = table["groups"]
    return AttributeView(
        name=name[:1].upper() + name[1:],
        is_flagged=table["four_fifths_flag"],
        has_small=any(group["is_small"] for group in groups),
        rows=[_group(group) for group in groups],
        differences=list(_differences(table)),
        chart=HorizontalBars(
            title=f"Selection rate by {name}",
            description="The share of each group that the model decides in favor of, "
            "with its 95 % interval.",
            rows=[(group["group"], group["selection_rate"]) for group in groups],
            intervals=[_edges(group["selection_interval"]) for group in groups],
            maximum=longest,
            format=share_words,
        ),
    )


def _differences(table: dict[str, Any]) -> Any:
    """Yield the measures over all groups; older results have no bootstrap intervals."""
    intervals = table.get("intervals", {})
    for measure, label in DIFFERENCES.items():
        edges = intervals.get(measure)
        note = f"95 % interval {_between(edges)}" if edges else ""
        yield Pair(label, share_words(table[measure]), note=note)


def _group(group: dict[str, Any]) -> GroupRow:
    return GroupRow(
        name=group["group"],
        n=f"{group['n']:,}",
        selection=_measured(group, "selection"),
        true_positive=_measured(group, "true_positive"),
        false_positive=_measured(group, "false_positive"),
        impact=share_words(group["impact_ratio"]),
        is_below=group["impact_ratio"] < FOUR_FIFTHS and not group["is_small"],
        is_small=group["is_small"],
    )


def _measured(group: dict[str, Any], name: str) -> Measured:
    return Measured(share_words(group[f"{name}_rate"]), _between(group[f"{name}_interval"]))


def _edges(interval: Sequence[float]) -> tuple[float, float]:
    """Clip an interval of a share; floating point may leave it by a hair."""
    low, high = interval
    return max(low, 0.0), min(high, 1.0)


def _between(interval: Sequence[float]) -> str:
    low, high = _edges(interval)
    return f"{share_words(low)} to {share_words(high)}"


def share_words(value: float) -> str:
    """Write a share or a ratio with three decimals, so that columns line up."""
    return f"{value:.3f}"


def card_sections(card: ModelCard) -> list[tuple[str, list[Pair]]]:
    """Return the sections of a model card, each line marked by whose word it is."""
    return [
        (
            section.title,
            [
                Pair(fact.label, fact.value, mark="measured" if fact.is_measured else "stated")
                for fact in section.facts
            ],
        )
        for section in card.sections
    ]


def provenance_pairs(provenance: Provenance | None) -> list[Pair]:
    """Return the lines of a version's origin, each marked by whose word it is."""
    if provenance is None:
        return []
    return [
        Pair(label, value, mark="measured" if field in provenance.measured_fields else "stated")
        for field, label in PROVENANCE_LABELS.items()
        if (value := getattr(provenance, field))
    ]
