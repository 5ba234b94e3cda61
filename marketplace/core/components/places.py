"""Heads, panels, cards, and what stands in an empty or loading place."""

from typing import Any

from django.template import Library
from django.utils.safestring import SafeString

from marketplace.core import ui
from marketplace.core.components.rendering import show, trim

register = Library()


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """Keep markup for a component: ``{% capture as actions %}...{% endcapture %}``."""
    return trim(content)


@register.simple_block_tag
def page_head(
    content: str, title: str, description: str = "", eyebrow: str = "", crumbs: Any = ()
) -> SafeString:
    """The top of a page: its one h1, and actions as content."""
    return show("page_head", {**locals(), "content": trim(content)})


@register.simple_block_tag
def section(
    content: str, title: str, description: str = "", id: str = "", actions: str = ""
) -> SafeString:
    """A part of a page under an h2."""
    return show("section", locals())


@register.simple_block_tag
def panel(
    content: str,
    title: str = "",
    description: str = "",
    actions: str = "",
    footer: str = "",
    is_flush: bool = False,
    tone: str = "",
    heading: str = "h2",
    **attributes: Any,
) -> SafeString:
    """A bordered area; ``is_flush`` leaves no padding (tables), ``tone`` may be "danger"."""
    return show("panel", {**locals(), "attributes": ui.html_attributes(attributes)})


@register.simple_block_tag
def card(content: str, href: str = "", label: str = "", **attributes: Any) -> SafeString:
    """A small area; with ``href`` all of it is one link named ``label``."""
    return show("card", {**locals(), "attributes": ui.html_attributes(attributes)})


@register.simple_tag
def listing_card(listing: ui.ListingCard) -> SafeString:
    """A listing in a grid."""
    return show("listing_card", {"listing": listing})


@register.simple_block_tag
def empty_state(content: str, title: str, icon: str = "inbox") -> SafeString:
    """What to do where there is nothing yet."""
    return show("empty_state", {"content": trim(content), "title": title, "icon": icon})


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "", role: str = "") -> SafeString:
    """A message within the page; tones: info, success, warning, danger, test."""
    return show("alert", {"content": trim(content), "tone": tone, "title": title, "role": role})


@register.simple_tag
def skeleton(lines: int = 3, shape: str = "text") -> SafeString:
    """Grey stand-ins while something loads; shapes: text, card, chart."""
    return show("skeleton", {"lines": range(lines), "shape": shape})
