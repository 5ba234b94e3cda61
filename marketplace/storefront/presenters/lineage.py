"""The lineage of a version as a drawing and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.types import Caller
from catalog import selectors as catalog
from catalog.types import LineageGraph, LineageNode
from marketplace.core.graph import Edge, LayeredGraph, Node

if TYPE_CHECKING:
    from catalog.models import Version


@dataclass(frozen=True, slots=True)
class Derivation:
    """A row of the table: what was made from what, and who says so."""

    child: LineageNode
    relation: str
    parent: LineageNode
    mark: str


@dataclass(frozen=True, slots=True)
class LineageTab:
    """Everything the lineage tab shows."""

    version: "Version"
    drawing: LayeredGraph
    derivations: Sequence[Derivation]
    ancestor_count: int
    descendant_count: int


def lineage_tab(version: "Version", *, viewer: Caller | None) -> LineageTab:
    """Prepare the lineage tab of a version."""
    graph = catalog.lineage_of(version, viewer=viewer)
    return LineageTab(
        version=version,
        drawing=_drawing(graph, str(version.pk)),
        derivations=_derivations(graph),
        ancestor_count=sum(node.depth < 0 for node in graph.nodes),
        descendant_count=sum(node.depth > 0 for node in graph.nodes),
    )


def _drawing(graph: LineageGraph, current: str) -> LayeredGraph:
    nodes = [
        Node(
            id=node.version_id,
            title=node.label.partition("/")[2] or node.label,
            detail=f"{node.label.partition('/')[0]} · {node.number}" if node.number else "",
            url="" if node.version_id == current else _versions_url(node),
            is_current=node.version_id == current,
        )
        for node in graph.nodes
    ]
    edges = [
        Edge(edge.parent_id, edge.child_id, edge.relation.capitalize()) for edge in graph.edges
    ]
    return LayeredGraph("Lineage", nodes, edges)


def _versions_url(node: LineageNode) -> str:
    return f"{node.url}lineage/?version={node.number}" if node.url else ""


def _derivations(graph: LineageGraph) -> list[Derivation]:
    nodes = {node.version_id: node for node in graph.nodes}
    return [
        Derivation(
            child=nodes[edge.child_id],
            relation=edge.relation_label,
            parent=nodes[edge.parent_id],
            mark="measured" if edge.is_measured else "stated",
        )
        for edge in graph.edges
    ]
