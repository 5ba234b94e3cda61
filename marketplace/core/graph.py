"""A small directed graph drawn in layers, such as the lineage of a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 196, 54, 108, 22, 8
LETTERS = 25


@dataclass(frozen=True, slots=True)
class Node:
    """A box with a title, a line beneath it, and where it leads."""

    id: str
    title: str
    detail: str = ""
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from what came first to what was made of it; ids of nodes."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class LayeredGraph:
    """Nodes from left (origins) to right (derived), arrows between them."""

    title: str
    nodes: Sequence[Node]
    edges: Sequence[Edge]

    def render(self) -> SafeString:
        """Return the drawing, scrolling sideways where it is wider than its place."""
        return render_graph(self)


def layers_of(graph: LayeredGraph) -> dict[str, int]:
    """Return the layer of every node: one more than the deepest of its origins."""
    layers = {node.id: 0 for node in graph.nodes}
    for _ in graph.nodes:
        for edge in graph.edges:
            if edge.source in layers and edge.target in layers:
                layers[edge.target] = max(layers[edge.target], layers[edge.source] + 1)
    return {name: min(layer, len(layers) - 1) for name, layer in layers.items()}


def places_of(graph: LayeredGraph) -> dict[str, tuple[int, int]]:
    """Return the upper left corner of every node; each layer is centered."""
    columns: dict[int, list[str]] = {}
    for name, layer in layers_of(graph).items():
        columns.setdefault(layer, []).append(name)
    tallest = max((len(names) for names in columns.values()), default=0)
    places = {}
    for layer, names in columns.items():
        top = (tallest - len(names)) * (HEIGHT + DOWN) // 2
        for row, name in enumerate(names):
            places[name] = (EDGE + layer * (WIDTH + ACROSS), EDGE + top + row * (HEIGHT + DOWN))
    return places


def shortened(text: str, letters: int = LETTERS) -> str:
    """Return text that fits a box."""
    return text if len(text) <= letters else text[: letters - 1] + "…"


def draw_edge(edge: Edge, places: Mapping[str, tuple[int, int]]) -> SafeString:
    """Return a curve with an arrow head, and its label on a plate."""
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    x1, y1, x2, y2 = x1 + WIDTH, y1 + HEIGHT // 2, x2 - 7, y2 + HEIGHT // 2
    bend = max((x2 - x1) // 2, 20)
    curve = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    head = f"M{x2 + 6} {y2}l-7 -4v8z"
    drawn = format_html(
        '<path class="graph__edge" d="{}"></path><path class="graph__arrow" d="{}"></path>',
        curve,
        head,
    )
    return drawn + draw_label(edge.label, (x1 + x2) // 2, (y1 + y2) // 2)


def draw_label(label: str, x: int, y: int) -> SafeString:
    """Return words lying on an edge."""
    if not label:
        return mark_safe("")
    width = 7 * len(label) + 8
    return format_html(
        '<rect class="graph__plate" x="{}" y="{}" width="{}" height="18" rx="4"></rect>'
        '<text class="graph__label" x="{}" y="{}" text-anchor="middle">{}</text>',
        x - width // 2, y - 9, width, x, y + 4, label,
    )  # fmt: skip


def draw_node(node: Node, place: tuple[int, int]) -> SafeString:
    """Return a box; a link when the node leads somewhere."""
    x, y = place
    box = format_html(
        '<title>{}</title>'
        '<rect class="graph__box" x="{}" y="{}" width="{}" height="{}" rx="9"></rect>'
        '<text class="graph__title" x="{}" y="{}">{}</text>'
        '<text class="graph__detail" x="{}" y="{}">{}</text>',
        " ".join(filter(None, (node.title, node.detail))), x, y, WIDTH, HEIGHT,
        x + 14, y + 23, shortened(node.title),
        x + 14, y + 40, shortened(node.detail, LETTERS + 4),
    )  # fmt: skip
    css = "graph__node graph__node--current" if node.is_current else "graph__node"
    if node.url:
        return format_html('<a class="{}" href="{}">{}</a>', css, node.url, box)
    return format_html('<g class="{}">{}</g>', css, box)


def described(graph: LayeredGraph) -> str:
    """Return the arrows in words."""
    titles = {node.id: node.title for node in graph.nodes}
    known = [edge for edge in graph.edges if edge.source in titles and edge.target in titles]
    said = [
        f"{titles[edge.target]} is made from {titles[edge.source]}"
        + (f" ({edge.label})" if edge.label else "")
        for edge in known
    ]
    return "; ".join(said) or "One model, made from nothing else here"


def render_graph(graph: LayeredGraph) -> SafeString:
    """Return the graph as SVG at its natural size."""
    places = places_of(graph)
    width = max((x for x, _ in places.values()), default=0) + WIDTH + EDGE
    height = max((y for _, y in places.values()), default=0) + HEIGHT + EDGE
    edges = [edge for edge in graph.edges if edge.source in places and edge.target in places]
    return format_html(
        '<div class="graph" tabindex="0" role="region" aria-label="{}">'
        '<p class="visually-hidden">{}.</p>'
        '<svg width="{}" height="{}" viewBox="0 0 {} {}">{}{}</svg></div>',
        graph.title,
        described(graph),
        width, height, width, height,
        format_html_join("", "{}", ((draw_edge(edge, places),) for edge in edges)),
        format_html_join("", "{}", ((draw_node(node, places[node.id]),) for node in graph.nodes)),
    )  # fmt: skip
