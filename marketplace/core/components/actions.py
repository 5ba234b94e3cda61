"""Buttons, and the dialogs that they open."""

from typing import Any

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.core import ui
from marketplace.core.components.rendering import show, trim

register = Library()


@register.simple_block_tag
def button(
    content: str,
    variant: str = "secondary",
    size: str = "md",
    href: str = "",
    icon: str = "",
    icon_end: str = "",
    opens: str = "",
    is_busy: bool = False,
    is_block: bool = False,
    **attributes: Any,
) -> SafeString:
    """A button, or a link that looks like one; ``opens`` is the id of a dialog.

    Variants: primary, secondary, ghost, danger. Sizes: sm, md, lg. Without text give
    ``aria_label``. ``type`` is "submit" unless the button opens a dialog.
    """
    if not href:
        attributes.setdefault("type", "button" if opens else "submit")
    values = {**locals(), "content": trim(content), "attributes": ui.html_attributes(attributes)}
    return show("button", values)


@register.simple_block_tag(takes_context=True)
def post_button(
    context: Context, content: str, action: str, name: str = "", value: str = "", **options: Any
) -> SafeString:
    """A button that is a whole form: posts to ``action`` with the CSRF token."""
    csrf = context.get("csrf_token", "")
    shown = button(content, **options)
    return show(
        "post_button",
        {"action": action, "name": name, "value": value, "csrf": csrf, "button": shown},
    )


@register.simple_tag
def copy_button(text: str, label: str = "Copy") -> SafeString:
    """A button that copies ``text``; hidden where there is no script."""
    return show("copy_button", {"text": text, "label": label})


@register.simple_block_tag
def dialog(content: str, id: str, title: str, size: str = "md") -> SafeString:
    """A modal dialog, opened by ``{% button opens=id %}``."""
    return show("dialog", {"content": content, "id": id, "title": title, "size": size})


@register.simple_tag(takes_context=True)
def confirm(
    context: Context,
    id: str,
    title: str,
    message: str,
    action: str,
    label: str = "Confirm",
    variant: str = "danger",
    name: str = "",
    value: str = "",
) -> SafeString:
    """A dialog that asks before it posts to ``action``."""
    csrf = context.get("csrf_token", "")
    return show("confirm", {**locals(), "csrf": csrf})


@register.simple_block_tag
def tooltip(content: str, text: str, id: str) -> SafeString:
    """Words with an explanation that shows on hover and focus; ``id`` unique on the page."""
    return format_html(
        '<span class="tooltip"><span class="tooltip__term" tabindex="0" aria-describedby="{}">{}'
        '</span><span class="tooltip__text" role="tooltip" id="{}">{}</span></span>',
        id,
        trim(content),
        id,
        text,
    )


@register.filter
def element_variant(tags: list[str] | None) -> str:
    """Return the variant of a button for the tags that allauth gives its buttons."""
    given = set(tags or [])
    if given & {"danger", "delete"}:
        return "danger"
    if given & {"link", "cancel"}:
        return "ghost"
    return "secondary" if given & {"secondary", "outline"} else "primary"
