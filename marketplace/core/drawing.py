"""Small drawings beside text: bars, meters, waterfalls.

Lengths are SVG attributes, since the content security policy allows no inline styles.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from marketplace.core.components.rendering import show
from marketplace.core.ui import Bar, Span, readable_ms


def number(value: float) -> str:
    """Write a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def length_bar(
    start: float, length: float, css: str, between: tuple[float, float] | None = None
) -> SafeString:
    """Return a bar over a track; all lengths are shares of the width, from 0 to 1.

    ``between`` are the ends of an interval around the bar's end.
    """
    return format_html(
        '<svg class="bar {}" aria-hidden="true" focusable="false">'
        '<rect class="bar__track" width="100%" height="100%"></rect>'
        '<rect class="bar__fill" x="{}%" width="{}%" height="100%"></rect>{}</svg>',
        css,
        number(100 * start),
        number(100 * length),
        whisker(*between) if between else "",
    )


def whisker(low: float, high: float) -> SafeString:
    """Return a line from low to high, shares of the width, between two ticks."""
    left, right = f"{number(100 * low)}%", f"{number(100 * high)}%"
    lines = [(left, right, "50%", "50%"), (left, left, "25%", "75%"), (right, right, "25%", "75%")]
    shape = '<line class="bar__whisker" x1="{}" x2="{}" y1="{}" y2="{}"></line>'
    return format_html_join("", shape, lines)


def share(value: float, maximum: float) -> float:
    """Return value of maximum, held between 0 and 1."""
    return 0.0 if maximum <= 0 else min(max(value / maximum, 0.0), 1.0)


def tone_of_use(used: float) -> str:
    """Return the tone of a limit that is used this far."""
    return "danger" if used >= 1 else "warning" if used >= 0.8 else "accent"


def render_meter(
    value: float, maximum: float, *, label: str = "", text: str = "", tone: str = ""
) -> SafeString:
    """Return a meter with its label and value in words."""
    used = share(value, maximum)
    bar = length_bar(0, used, f"bar--meter bar--{tone or tone_of_use(used)}")
    shown = text or f"{100 * used:.0f} %"
    values = {"bar": bar, "label": label, "text": shown}
    return show("meter", values)


def render_bars(bars: Sequence[Bar], *, label: str) -> SafeString:
    """Return a list of bars; each row says its label and its value."""
    most = max((bar.value for bar in bars), default=0)
    rows = [
        (bar, length_bar(0, share(bar.value, most), f"bar--list bar--{bar.tone or 'accent'}"))
        for bar in bars
    ]
    return show("bar_list", {"rows": rows, "label": label})


def ticks_until(total: float) -> list[float]:
    """Return five moments from zero to the end."""
    return [total * step / 4 for step in range(5)]


def render_trace(spans: Sequence[Span], *, label: str) -> SafeString:
    """Return a waterfall: one row for each span, one axis for all."""
    total = max((span.start_ms + span.duration_ms for span in spans), default=0)
    rows = []
    for span in spans:
        length = max(share(span.duration_ms, total), 0.004)
        start = min(share(span.start_ms, total), 1 - length)
        bar = length_bar(start, length, f"bar--trace bar--{span.kind}")
        rows.append((span, bar, readable_ms(span.duration_ms), readable_ms(span.start_ms)))
    axis = [readable_ms(moment) if moment else "0" for moment in ticks_until(total)]
    values = {"rows": rows, "axis": axis, "label": label, "total": readable_ms(total)}
    return show("trace", values)


def sparkline(values: Sequence[float], label: str = "") -> SafeString:
    """Return a line without axes; ``label`` says in words what it shows."""
    if len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    step = 100 / (len(values) - 1)
    points = [
        (step * place, 26 - 22 * ((value - low) / (high - low) if high > low else 0.5))
        for place, value in enumerate(values)
    ]
    return format_html(
        '<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" {}>'
        '<path class="spark__area" d="{} L100 30 L0 30 Z"></path>'
        '<path class="spark__line" d="{}"></path></svg>',
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"'),
        path_through(points),
        path_through(points),
    )


def path_through(points: Sequence[tuple[float, float]]) -> str:
    """Return an SVG path of straight lines through points."""
    head = f"M{number(points[0][0])} {number(points[0][1])}" if points else ""
    return head + "".join(f"L{number(x)} {number(y)}" for x, y in points[1:])
