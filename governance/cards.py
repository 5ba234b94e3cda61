"""Puts a model card together from facts, each marked by whose word it is."""

from collections.abc import Sequence
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any

from governance.models import Evidence, Provenance
from governance.types import CardFact, CardSection, ModelCard

if TYPE_CHECKING:
    from catalog.models import Listing, Version

# Smaller than any result; what floating point leaves of zero.
LEAST = 1e-9
PROVENANCE_LABELS = {
    "upstream_author": "Upstream author",
    "upstream_name": "Upstream model",
    "upstream_license": "Upstream license",
    "source": "Source of the files",
    "source_digest": "Digest of the source",
    "training_data": "Training data",
    "restrictions": "Restrictions",
}


def card_of(
    listing: "Listing",
    version: "Version",
    *,
    evidence: Sequence[Evidence],
    provenance: Provenance | None,
) -> ModelCard:
    """Return the model card of a version."""
    sections = [
        CardSection("Identity", tuple(_identity(listing, version))),
        CardSection("Use", tuple(_use(listing))),
        CardSection("Where it comes from", tuple(_origin(provenance))),
        CardSection("Training", tuple(_training(provenance))),
        *(_results(title, kind, evidence) for title, kind in RESULT_SECTIONS),
    ]
    kept = tuple(section for section in sections if section.facts)
    return ModelCard(f"{listing.name} {version.number}", version.digest, kept)


RESULT_SECTIONS = (
    ("Quality", "evaluation"),
    ("Fairness", "fairness"),
    ("Performance", "performance"),
)


def _identity(listing: "Listing", version: "Version") -> list[CardFact]:
    return [
        CardFact("Seller", listing.organization.name, False),
        CardFact("License", listing.license.spdx_id, False),
        CardFact("Version digest", version.digest, True),
        CardFact("Runtime", version.runtime, True),
        CardFact("Parameters", f"{version.parameter_count:,}", True),
        CardFact("Size", f"{version.size_bytes:,} bytes", True),
    ]


def _use(listing: "Listing") -> list[CardFact]:
    stated = {
        "Intended use": listing.intended_use,
        "Limitations": listing.limitations,
        "Restrictions": listing.restrictions,
        "Languages": ", ".join(listing.languages),
    }
    return [CardFact(label, value, False) for label, value in stated.items() if value]


def _origin(provenance: Provenance | None) -> list[CardFact]:
    if provenance is None:
        return []
    return [
        CardFact(label, value, field in provenance.measured_fields)
        for field, label in PROVENANCE_LABELS.items()
        if (value := getattr(provenance, field))
    ]


def _training(provenance: Provenance | None) -> list[CardFact]:
    if provenance is None:
        return []
    is_measured = "training_record" in provenance.measured_fields
    return [
        CardFact(name.replace("_", " ").capitalize(), written(value), is_measured)
        for name, value in provenance.training_record.items()
        if not isinstance(value, dict | list)
    ]


def _results(title: str, kind: str, evidence: Sequence[Evidence]) -> CardSection:
    facts = [
        CardFact(f"{one.suite}: {metric['name']}", written_metric(metric), True, str(one.pk))
        for one in evidence
        if one.kind == kind
        for metric in one.metrics["metrics"]
    ]
    return CardSection(title, tuple(facts))


def written_metric(metric: dict[str, Any]) -> str:
    """Return a metric with its unit, n and interval, for people."""
    unit = f" {metric['unit']}" if metric["unit"] else ""
    text = f"{written(metric['value'])}{unit} (n = {metric['n']:,}"
    if metric["interval"]:
        low, high = metric["interval"]
        text += f"; 95 % interval {written(low)} to {written(high)}"
    return f"{text})"


def written(value: Any) -> str:
    """Return a value for people; fractions with four significant digits, never an exponent."""
    if not isinstance(value, float) or not isfinite(value):
        return str(value)
    if abs(value) < LEAST:
        return "0"
    places = 3 - floor(log10(abs(value)))
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
