"""Icons, badges, marks, prices, moments: what stands within a line."""

from datetime import datetime
from typing import Any

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from marketplace.core import clock, ui
from marketplace.core.components.rendering import show, trim

register = Library()


@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """An icon; give ``label`` when nothing beside it says the same."""
    return ui.icon(name, size, label)


@register.simple_tag
def logo(size: int = 26) -> SafeString:
    """The mark: four columns under a roof."""
    return show("logo", {"size": size})


@register.simple_block_tag
def badge(content: str, tone: str = "neutral", icon: str = "", **attributes: Any) -> SafeString:
    """A small label; tones: neutral, info, success, warning, danger, violet, clay."""
    mark = ui.icon(icon, 14) if icon else ""
    return format_html(
        '<span class="badge badge--{}"{}>{}{}</span>',
        tone,
        ui.html_attributes(attributes),
        mark,
        trim(content),
    )


@register.simple_tag
def status(state: str, label: str = "", **attributes: Any) -> SafeString:
    """The state of a prediction, check, plan, key or version, as a badge."""
    tone, mark, usual = ui.state_of(str(state))
    return format_html(
        '<span class="badge badge--{} badge--state" data-state="{}"{}>{}{}</span>',
        tone,
        state,
        ui.html_attributes(attributes),
        ui.icon(mark, 14),
        label or usual,
    )


@register.simple_tag
def mark(kind: str, url: str = "", is_short: bool = False) -> SafeString:
    """Who vouches for a number: "measured" by the platform, or "stated" by the author."""
    return show("mark", {"kind": kind, "url": url, "is_short": is_short})


@register.simple_tag
def price(amount: Any, per: str = "", note: str = "", size: str = "md") -> SafeString:
    """A price: ``{% price "$0.20" per="million input tokens" note="first 10,000 free" %}``."""
    return show("price", {"amount": amount, "per": per, "note": note, "size": size})


@register.simple_tag
def avatar(name: str, size: int = 32) -> SafeString:
    """Initials of a person or organization, always in the same tone; decoration."""
    return format_html(
        '<span class="avatar avatar--{} avatar--hue-{}" aria-hidden="true">{}</span>',
        size,
        ui.hue_of(name),
        ui.initials(name),
    )


@register.simple_tag
def task_tile(task: str, size: int = 40) -> SafeString:
    """A tile with the icon of a task, the picture of a listing; decoration."""
    return format_html(
        '<span class="tile tile--{} tile--hue-{}" aria-hidden="true">{}</span>',
        size,
        ui.hue_of(task),
        ui.icon(ui.TASK_ICONS.get(task, "box"), size // 2),
    )


@register.simple_tag
def when(moment: datetime | None, missing: str = "never") -> SafeString | str:
    """A moment as "5 minutes ago", with the exact time in the title."""
    if moment is None:
        return missing
    present = clock.now()
    text = f"{timesince(moment, present, depth=1)} ago"
    if abs((present - moment).total_seconds()) < 60:
        text = "just now"
    elif moment > present:
        text = f"in {timesince(present, moment, depth=1)}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S} UTC",
        text,
    )


@register.filter
def ms(milliseconds: float | None) -> str:
    """``1240|ms`` is "1.24 s"; nothing is a dash."""
    return "—" if milliseconds is None else ui.readable_ms(milliseconds)


@register.filter
def compact(number: float | None) -> str:
    """``12300|compact`` is "12.3k"; nothing is a dash."""
    return "—" if number is None else ui.compact_number(number)
