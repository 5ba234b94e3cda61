"""Charts drawn on the server: safe SVG in a figure, with the same numbers as a table.

The plot is 100 by 100 and stretched to its place; words around it are ordinary text,
so that they keep their size on a phone. Colors come from classes and follow the theme.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from marketplace.core.components.rendering import show
from marketplace.core.drawing import length_bar, number, path_through, share
from marketplace.core.ui import compact_number

Format = Callable[[float], str]
SERIES = 6


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one for each label of its chart."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Bars by day (or any label), each made of the parts of several series."""

    title: str
    description: str
    labels: Sequence[str]
    series: Sequence[Series]
    format: Format = compact_number
    empty: str = "Nothing in this time"

    def render(self) -> SafeString:
        """Return the chart as a figure."""
        return render_stacked(self)


@dataclass(frozen=True, slots=True)
class LineChart:
    """One line for each series over shared labels."""

    title: str
    description: str
    labels: Sequence[str]
    series: Sequence[Series]
    format: Format = compact_number
    empty: str = "Nothing in this time"

    def render(self) -> SafeString:
        """Return the chart as a figure."""
        return render_lines(self)


@dataclass(frozen=True, slots=True)
class Fan:
    """A forecast: the past, a median, and bands from the outermost to the innermost."""

    title: str
    description: str
    labels: Sequence[str]
    past: Sequence[float]
    median: Sequence[float]
    bands: Sequence[tuple[str, Sequence[float], Sequence[float]]] = ()
    format: Format = compact_number
    x_title: str = ""
    y_title: str = ""

    def render(self) -> SafeString:
        """Return the chart as a figure."""
        return render_fan(self)


@dataclass(frozen=True, slots=True)
class HorizontalBars:
    """One bar for each label: class probabilities, shares, scores.

    ``intervals`` (low, high), one a row, are drawn as whiskers; ``caption`` stands above.
    """

    title: str
    description: str
    rows: Sequence[tuple[str, float]]
    format: Format = compact_number
    maximum: float | None = None
    tone: str = "accent"
    intervals: Sequence[tuple[float, float]] = ()
    caption: str = ""

    def render(self) -> SafeString:
        """Return the chart as a figure."""
        return render_horizontal(self)


def scale_top(most: float) -> float:
    """Return a round number a little above the largest value, four even steps high."""
    if most <= 0:
        return 1.0
    magnitude = 10.0 ** floor(log10(most / 4))
    for step in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10):
        if 4 * step * magnitude >= most * 0.9999:
            return 4 * step * magnitude
    return 40 * magnitude


def axis_words(low: float, high: float, write: Format) -> list[str]:
    """Return five axis labels from the top down."""
    return [write(high - (high - low) * step / 4) for step in range(5)]


def label_words(labels: Sequence[str]) -> list[str]:
    """Return at most five labels, evenly chosen, first and last among them."""
    if len(labels) <= 5:
        return list(labels)
    return [labels[round(step * (len(labels) - 1) / 4)] for step in range(5)]


def tone(place: int) -> int:
    """Return the number of the color at a place; the last color repeats."""
    return min(place, SERIES - 1) + 1


def grid_lines() -> SafeString:
    """Return four grid lines and the base line."""
    lines = [f'<path class="chart__grid" d="M0 {25 * step}H100"></path>' for step in range(4)]
    return mark_safe("".join(lines) + '<path class="chart__base" d="M0 100H100"></path>')  # noqa: S308


def tip_for(labels: Sequence[str], series: Sequence[Series], place: int, write: Format) -> str:
    """Return the words shown for one label: its name and every value that is not zero."""
    lines = [f"{one.name}: {write(one.values[place])}" for one in series if one.values[place]]
    return "\n".join([labels[place], *(lines or ["nothing"])])


def columns(labels: Sequence[str], series: Sequence[Series], write: Format) -> list[SafeString]:
    """Return one invisible area for each label, which lights up and says its values."""
    width = 100 / max(len(labels), 1)
    return [
        format_html(
            '<rect class="chart__hit" x="{}" y="0" width="{}" height="100" data-tip="{}"></rect>',
            number(place * width),
            number(width),
            tip_for(labels, series, place, write),
        )
        for place in range(len(labels))
    ]


def stacked_column(chart: StackedBars, place: int, top: float) -> SafeString:
    """Return the bar of one label, its parts from the base up."""
    width = 100 / len(chart.labels)
    parts, base = [], 100.0
    for rank, one in enumerate(chart.series):
        height = 100 * share(one.values[place], top)
        base -= height
        if height > 0:
            parts.append(
                (
                    tone(rank),
                    number(place * width + width * 0.16),
                    number(base),
                    number(width * 0.68),
                    number(height),
                )
            )
    shape = '<rect class="chart__bar series-{}" x="{}" y="{}" width="{}" height="{}"></rect>'
    return format_html_join("", shape, parts)


def figure(
    title: str,
    description: str,
    plot: SafeString,
    *,
    y: Sequence[str],
    x: Sequence[str],
    legend: Sequence[tuple[str, str]] = (),
    head: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    axes: tuple[str, str] = ("", ""),
) -> SafeString:
    """Return a figure: legend, axes in words, the plot, and its numbers as a table.

    ``axes`` are what the two axes measure, x before y.
    """
    values = {
        "title": title,
        "description": description,
        "plot": plot,
        "y": y,
        "x": x,
        "legend": legend,
        "head": head,
        "rows": rows,
        "x_title": axes[0],
        "y_title": axes[1],
    }
    return show("chart", values)


def nothing(title: str, text: str) -> SafeString:
    """Return what stands in place of a chart without values."""
    return show("chart_empty", {"title": title, "text": text})


def series_table(
    labels: Sequence[str], series: Sequence[Series], write: Format
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table that says the same as a chart."""
    head = ["", *(one.name for one in series)]
    rows = [
        [label, *(write(one.values[place]) for one in series)] for place, label in enumerate(labels)
    ]
    return head, rows


def render_stacked(chart: StackedBars) -> SafeString:
    """Return stacked bars by label."""
    totals = [sum(parts) for parts in zip(*(one.values for one in chart.series), strict=True)]
    if not totals or max(totals) <= 0:
        return nothing(chart.title, chart.empty)
    top = scale_top(max(totals))
    shapes: list[SafeString] = [grid_lines()]
    for place, hit in enumerate(columns(chart.labels, chart.series, chart.format)):
        shapes += [stacked_column(chart, place, top), hit]
    head, rows = series_table(chart.labels, chart.series, chart.format)
    return figure(
        chart.title,
        chart.description,
        format_html_join("", "{}", ((shape,) for shape in shapes)),
        y=axis_words(0, top, chart.format),
        x=label_words(chart.labels),
        legend=[(f"series-{tone(place)}", one.name) for place, one in enumerate(chart.series)],
        head=head,
        rows=rows,
    )


def place_points(
    values: Sequence[float], low: float, high: float, *, start: int = 0, of: int = 0
) -> list[tuple[float, float]]:
    """Return values as points of the plot; ``start`` of ``of`` labels come before them."""
    count = max((of or len(values)) - 1, 1)
    reach = (high - low) or 1.0
    return [
        (100 * (start + place) / count, 100 - 100 * (value - low) / reach)
        for place, value in enumerate(values)
    ]


def line(points: Sequence[tuple[float, float]], css: str) -> SafeString:
    """Return a line through points."""
    return format_html('<path class="chart__line {}" d="{}"></path>', css, path_through(points))


def render_lines(chart: LineChart) -> SafeString:
    """Return one line for each series."""
    most = max((value for one in chart.series for value in one.values), default=0)
    if most <= 0:
        return nothing(chart.title, chart.empty)
    top = scale_top(most)
    shapes = [grid_lines(), *columns(chart.labels, chart.series, chart.format)]
    shapes += [
        line(place_points(one.values, 0, top), f"series-{tone(place)}")
        for place, one in enumerate(chart.series)
    ]
    head, rows = series_table(chart.labels, chart.series, chart.format)
    return figure(
        chart.title,
        chart.description,
        format_html_join("", "{}", ((shape,) for shape in shapes)),
        y=axis_words(0, top, chart.format),
        x=label_words(chart.labels),
        legend=[(f"series-{tone(place)}", one.name) for place, one in enumerate(chart.series)],
        head=head,
        rows=rows,
    )


def fan_range(chart: Fan) -> tuple[float, float]:
    """Return round numbers below and above every value of a forecast, four steps apart."""
    values = [*chart.past, *chart.median]
    for _, lower, upper in chart.bands:
        values += [*lower, *upper]
    low, high = min(values), max(values)
    reach = scale_top(high - low)
    start = floor(low / (reach / 4)) * reach / 4
    while start + reach < high:
        reach = scale_top(reach * 1.01)
        start = floor(low / (reach / 4)) * reach / 4
    return start, start + reach


def fan_shapes(chart: Fan, low: float, high: float) -> list[SafeString]:
    """Return bands, past, the present moment and the median."""
    count, start = len(chart.past) + len(chart.median), len(chart.past)
    past = place_points(chart.past, low, high, of=count)
    shapes = [grid_lines()]
    for _, lower, upper in chart.bands:
        above = place_points(upper, low, high, start=start, of=count)
        below = place_points(lower, low, high, start=start, of=count)
        outline = path_through([*past[-1:], *above, *reversed(below)]) + "Z"
        shapes.append(format_html('<path class="chart__band series-1" d="{}"></path>', outline))
    median = place_points(chart.median, low, high, start=start, of=count)
    shapes.append(line(past, "chart__line--past"))
    shapes.append(
        format_html(
            '<path class="chart__now" d="M{} 0V100"></path>', number(past[-1][0] if past else 0)
        )
    )
    shapes.append(line([*past[-1:], *median], "series-1"))
    return shapes


def fan_legend(chart: Fan) -> list[tuple[str, str]]:
    """Return classes and words for the median and every band; inner bands are darker."""
    shades = ("series-1 chart__swatch--band", "series-1 chart__swatch--inner")
    bands = [
        (shades[min(place, 1)], f"{name} band") for place, (name, _, _) in enumerate(chart.bands)
    ]
    past = [("chart__swatch--past", "History")] if chart.past else []
    return [*past, ("series-1", "Median"), *bands]


def fan_table(chart: Fan) -> tuple[list[str], list[list[str]]]:
    """Return head and rows that say the forecast in numbers."""
    head = ["", "Median"]
    for name, _, _ in chart.bands:
        head += [f"{name} from", f"{name} to"]
    rows = []
    for place, middle in enumerate(chart.median):
        label = chart.labels[len(chart.past) + place]
        edges = [chart.format(edge[place]) for _, *both in chart.bands for edge in both]
        rows.append([label, chart.format(middle), *edges])
    return head, rows


def render_fan(chart: Fan) -> SafeString:
    """Return a forecast with its bands."""
    if not chart.median:
        return nothing(chart.title, "No forecast yet")
    low, high = fan_range(chart)
    head, rows = fan_table(chart)
    return figure(
        chart.title,
        chart.description,
        format_html_join("", "{}", ((shape,) for shape in fan_shapes(chart, low, high))),
        y=axis_words(low, high, chart.format),
        x=label_words(chart.labels),
        legend=fan_legend(chart),
        head=head,
        rows=rows,
        axes=(chart.x_title, chart.y_title),
    )


def render_horizontal(chart: HorizontalBars) -> SafeString:
    """Return one bar for each row; the words beside it are the accessible form."""
    if not chart.rows:
        return nothing(chart.title, "No values")
    ends = [value for _, value in chart.rows] + [high for _, high in chart.intervals]
    most = chart.maximum or max(ends)
    rows = []
    for place, (label, value) in enumerate(chart.rows):
        edges = chart.intervals[place] if chart.intervals else None
        between = (share(edges[0], most), share(edges[1], most)) if edges else None
        bar = length_bar(0, share(value, most), f"bar--{chart.tone}", between)
        rows.append((label, bar, chart.format(value)))
    values = {
        "title": chart.title,
        "description": chart.description,
        "caption": chart.caption,
        "rows": rows,
    }
    return show("chart_rows", values)
