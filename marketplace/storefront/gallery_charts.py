"""Charts of the gallery."""

from math import sin

from marketplace.core.charts import Fan, HorizontalBars, LineChart, Series, StackedBars
from marketplace.core.graph import Edge, LayeredGraph, Node

DAYS = [f"Nov {day}" for day in range(1, 31)]
NAMES = ("Smol Chat", "MiniLM Embeddings", "Income Scorer", "Image Tagger")


def dollars(value: float) -> str:
    """Write an axis value in dollars."""
    return f"${value:,.2f}"


def wave(place: int, rank: int) -> float:
    """Return an invented cost that rises with the days and falls with the rank."""
    return round((1.2 + sin(place / 3 + rank)) * (1 + place / 20) / (rank + 1), 3)


COSTS = [
    Series(name, [wave(place, rank) for place in range(len(DAYS))])
    for rank, name in enumerate(NAMES)
]
PAST = [100 + 12 * sin(place / 2) + place for place in range(24)]
MEDIAN = [100 + 12 * sin(place / 2) + place for place in range(24, 36)]


def band(width: float) -> tuple[list[float], list[float]]:
    """Return the edges of a band that opens with time."""
    spread = [width * (place + 1) ** 0.5 for place in range(len(MEDIAN))]
    return (
        [middle - by for middle, by in zip(MEDIAN, spread, strict=True)],
        [middle + by for middle, by in zip(MEDIAN, spread, strict=True)],
    )


FAMILY = LayeredGraph(
    "Lineage of Harbor Support",
    nodes=[
        Node("base", "SmolLM2-135M-Instruct", "Hugging Face, Apache-2.0", "#"),
        Node("set", "Support dialogs", "Data set, CC-BY-4.0"),
        Node("lora", "Harbor Support", "LoRA, version 3", "#", is_current=True),
        Node("legal", "Harbor Legal", "LoRA, version 1", "#"),
        Node("shop", "A derivative whose name is far too long", "Merged, version 2", "#"),
    ],
    edges=[
        Edge("base", "lora", "8 %"),
        Edge("set", "lora"),
        Edge("base", "legal", "8 %"),
        Edge("lora", "shop", "5 %"),
    ],
)

CHARTS = {
    "stacked": StackedBars(
        "Cost by day and listing", "November 2026; Smol Chat leads.", DAYS, COSTS, dollars
    ),
    "empty": StackedBars("Cost by day", "No calls yet.", DAYS, [], dollars),
    "lines": LineChart("Latency", "p95 over p50, in milliseconds.", DAYS, COSTS[:2]),
    "fan": Fan(
        "Passengers",
        "Rising, with a 50 and a 90 percent band.",
        [f"{month}" for month in range(1, 37)],
        PAST,
        MEDIAN,
        [("90 %", *band(9)), ("50 %", *band(4))],
    ),
    "rows": HorizontalBars(
        "What is in the picture",
        "Five most probable labels.",
        [("tabby cat", 0.71), ("tiger cat", 0.18), ("lynx", 0.05), ("fox", 0.02), ("mop", 0.01)],
        lambda value: f"{value:.0%}",
        maximum=1,
    ),
    "lineage": FAMILY,
    "alone": LayeredGraph("Lineage of an original", [Node("one", "MiniLM", "original")], []),
}
