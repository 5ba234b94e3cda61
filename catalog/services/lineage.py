"""Derivations: a graph without cycles."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from catalog.errors import LineageCycle
from catalog.models import LineageEdge, Relation, Version
from catalog.selectors.lineage import descends_from
from catalog.services import fields
from catalog.services.rights import require_author
from marketplace.core.errors import FieldProblem


@transaction.atomic
def add_edge(
    *,
    by: Caller | None,
    child: Version,
    parent: Version,
    relation: str,
    is_measured: bool = False,
    evidence: Mapping[str, Any] | None = None,
) -> LineageEdge:
    """Record that a version was made from another; raises ``LineageCycle``.

    ``is_measured`` says that the platform checked it, with ``evidence`` of how.
    """
    require_author(by, child.listing)
    if relation not in Relation.values:
        message = f"Choose of {', '.join(Relation.values)}."
        fields.refuse([FieldProblem("relation", message, "choice")])
    # Both rows locked in key order, so that two edges cannot close a circle between them.
    pair = Version.objects.select_for_update().filter(pk__in=[child.pk, parent.pk])
    list(pair.order_by("pk"))
    if child.pk == parent.pk or descends_from(parent, child):
        raise LineageCycle(parent=str(parent), child=str(child))
    edge, is_new = LineageEdge.objects.update_or_create(
        child=child,
        parent=parent,
        defaults={
            "relation": relation,
            "is_measured": is_measured,
            "evidence": dict(evidence or {}),
        },
    )
    audit.record(
        "lineage.add" if is_new else "lineage.update",
        by=by,
        target=child,
        organization=child.listing.organization,
        parent=parent.digest,
        relation=relation,
    )
    return edge
