"""Tables, numbers, steps, traces, code and charts."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.template import Library
from django.utils.safestring import SafeString

from marketplace.core import ui
from marketplace.core.code import highlight
from marketplace.core.components.rendering import show
from marketplace.core.drawing import render_bars, render_meter, render_trace
from marketplace.core.drawing import sparkline as draw_sparkline

register = Library()


@register.simple_block_tag
def table(content: str, caption: str, is_dense: bool = False, is_wide: bool = False) -> SafeString:
    """A table that becomes cards on a phone (each td names its column in data-label).

    ``is_wide`` scrolls sideways instead. ``caption`` is read aloud, not shown.
    """
    return show("table", locals())


@register.simple_tag
def key_values(pairs: Iterable[ui.Pair | tuple[str, Any]], layout: str = "rows") -> SafeString:
    """Names and values; layouts: rows, columns."""
    shown = [pair if isinstance(pair, ui.Pair) else ui.Pair(*pair) for pair in pairs]
    return show("key_values", {"pairs": shown, "layout": layout})


@register.simple_tag
def stat(
    label: str,
    value: Any,
    unit: str = "",
    note: str = "",
    mark: str = "",
    spark: Sequence[float] | None = None,
    url: str = "",
) -> SafeString:
    """One number that matters; put several in ``<div class="stats">``."""
    return show("stat", locals())


@register.simple_tag
def steps(items: Iterable[ui.Step], is_compact: bool = False) -> SafeString:
    """Checks or stages with their states."""
    shown = [(step, *ui.state_of(step.state)) for step in items]
    return show("steps", {"steps": shown, "is_compact": is_compact})


@register.simple_tag
def meter(
    value: float, maximum: float = 1, label: str = "", text: str = "", tone: str = ""
) -> SafeString:
    """How much of a limit is used; turns to warning at 80 % and danger at 100 %."""
    return render_meter(value, maximum, label=label, text=text, tone=tone)


@register.simple_tag
def bar_list(bars: Sequence[ui.Bar], label: str) -> SafeString:
    """Values side by side, longest first as given."""
    return render_bars(bars, label=label)


@register.simple_tag
def trace(spans: Sequence[ui.Span], label: str = "Trace") -> SafeString:
    """A waterfall of spans along one time axis."""
    return render_trace(spans, label=label)


@register.simple_tag
def sparkline(values: Sequence[float], label: str = "") -> SafeString:
    """A line without axes; ``label`` says in words what it shows."""
    return draw_sparkline(values, label)


@register.simple_tag
def code_block(code: str, language: str = "text", title: str = "") -> SafeString:
    """Highlighted code with a copy button."""
    shown = highlight(code, language)
    return show("code_block", {"code": code, "html": shown, "title": title, "language": language})


@register.simple_tag
def code_tabs(snippets: Sequence[ui.Snippet], id: str = "code", title: str = "") -> SafeString:
    """The same call in several languages; remembers the language a reader chose."""
    shown = [(snippet, highlight(snippet.code, snippet.language)) for snippet in snippets]
    return show("code_tabs", {"snippets": shown, "id": id, "title": title})


@register.simple_tag
def chart(drawing: Any) -> SafeString:
    """A chart of ``marketplace.core.charts``."""
    return SafeString(drawing.render())
