"""Reads about evidence, provenance and model cards."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from catalog import selectors as catalog
from governance.cards import card_of
from governance.models import Evidence, Provenance
from governance.types import ModelCard
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from accounts.types import Caller
    from catalog.models import Listing, Version


def evidence_of(version: "Version") -> QuerySet[Evidence]:
    """Return the signed results of a version with their reproductions, newest first."""
    return (
        Evidence.objects.filter(version=version, reproduces=None)
        .prefetch_related("reproductions")
        .order_by("kind", "-created_at")
    )


def stored_evidence(evidence_id: str) -> Evidence:
    """Return a result by id, for work that was asked for earlier."""
    return Evidence.objects.select_related("version__listing__organization").get(pk=evidence_id)


def get_evidence(evidence_id: Any, *, viewer: "Caller | None") -> Evidence:
    """Return one result whose listing the viewer may see; raises ``NotFound``."""
    found = (
        Evidence.objects.select_related("version__listing__organization")
        .prefetch_related("reproductions")
        .filter(pk=evidence_id)
        .first()
    )
    if found is None:
        raise NotFound(kind="such evidence")
    listing = found.version.listing
    catalog.get_listing(listing.organization.slug, listing.slug, viewer=viewer)
    return found


def fairness_report(version: "Version") -> Evidence | None:
    """Return the newest fairness result of a version."""
    return Evidence.objects.filter(version=version, kind="fairness", reproduces=None).first()


def provenance_of(version: "Version") -> Provenance | None:
    """Return what is known of a version's origin."""
    return Provenance.objects.filter(version=version).first()


def model_card(listing: "Listing", version: "Version") -> ModelCard:
    """Return the card of a version."""
    return card_of(
        listing, version, evidence=list(evidence_of(version)), provenance=provenance_of(version)
    )
