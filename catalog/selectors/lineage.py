"""Where a version comes from, and what was made from it."""

from collections.abc import Iterable
from uuid import UUID

from accounts.types import Caller
from catalog.models import LineageEdge, ListingState, Version
from catalog.types import LineageGraph, LineageLink, LineageNode

MOST_STEPS = 20


def descends_from(version: Version, ancestor: Version) -> bool:
    """Tell whether one version was made, in any number of steps, from another."""
    seen: set[UUID] = set()
    frontier = {version.pk}
    while frontier:
        if ancestor.pk in frontier:
            return True
        seen |= frontier
        parents = LineageEdge.objects.filter(child__in=frontier)
        frontier = set(parents.values_list("parent_id", flat=True)) - seen
    return False


def lineage_of(version: Version, *, viewer: Caller | None = None) -> LineageGraph:
    """Return the ancestors and descendants of a version.

    Of what the viewer may not see, ancestors stay in the graph without a name (a buyer
    should know that they are there) and descendants are left out.
    """
    up = _walk(version, "child_id", "parent_id", step=-1)
    down = _walk(version, "parent_id", "child_id", step=1)
    depths = {version.pk: 0, **up[0], **down[0]}
    rows = Version.objects.select_related("listing__organization").filter(pk__in=depths)
    versions = {row.pk: row for row in rows.defer("bundle", "signature")}
    shown = {pk for pk in depths if depths[pk] <= 0 or _is_visible(versions[pk], viewer)}
    nodes = [_node(versions[pk], depths[pk], viewer) for pk in depths if pk in shown]
    edges = {edge.pk: edge for edge in [*up[1], *down[1]]}.values()
    return LineageGraph(
        nodes=tuple(sorted(nodes, key=lambda node: (node.depth, node.label))),
        edges=tuple(_links(edges, shown)),
    )


def _walk(
    version: Version, here: str, there: str, *, step: int
) -> tuple[dict[UUID, int], list[LineageEdge]]:
    depths: dict[UUID, int] = {}
    edges: list[LineageEdge] = []
    frontier = {version.pk}
    for distance in range(1, MOST_STEPS + 1):
        found = list(LineageEdge.objects.filter(**{f"{here}__in": frontier}).order_by("pk"))
        edges += found
        frontier = {getattr(edge, there) for edge in found}
        if not frontier:
            break
        depths |= dict.fromkeys(frontier, step * distance)
    return depths, edges


def _is_visible(version: Version, viewer: Caller | None) -> bool:
    if viewer and viewer.organization.pk == version.organization_id:
        return True
    return version.listing.state == ListingState.PUBLISHED and version.published_at is not None


def _node(version: Version, depth: int, viewer: Caller | None) -> LineageNode:
    if not _is_visible(version, viewer):
        return LineageNode(str(version.pk), "Private model", "", "", "", "", depth)
    return LineageNode(
        version_id=str(version.pk),
        label=version.listing.model_id,
        number=version.number,
        digest=version.digest,
        url=version.listing.get_absolute_url(),
        state=version.state,
        depth=depth,
    )


def _links(edges: Iterable[LineageEdge], shown: set[UUID]) -> Iterable[LineageLink]:
    for edge in edges:
        if edge.child_id in shown and edge.parent_id in shown:
            yield LineageLink(
                child_id=str(edge.child_id),
                parent_id=str(edge.parent_id),
                relation=edge.relation,
                relation_label=edge.get_relation_display(),
                is_measured=edge.is_measured,
            )
