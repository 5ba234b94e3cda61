"""Fields and controls."""

from collections.abc import Sequence
from typing import Any

from django.forms import BoundField
from django.template import Library
from django.utils.safestring import SafeString

from marketplace.core import ui
from marketplace.core.components.rendering import show, trim

register = Library()


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """A field of a Django form with label, help and errors."""
    return show("field", {"field": bound, **options})


@register.simple_block_tag
def control(
    content: str, label: str, id: str, help: str = "", error: str = "", is_optional: bool = False
) -> SafeString:
    """Label, help and error around a hand-written control whose id is ``id``."""
    return show("control", {**locals(), "content": trim(content)})


@register.simple_tag
def segmented(
    name: str, choices: Sequence[ui.Choice], value: str = "", label: str = "", **attributes: Any
) -> SafeString:
    """A radio group that looks like a switch; ``label`` is its legend."""
    return show("segmented", {**locals(), "attributes": ui.html_attributes(attributes)})


@register.simple_tag
def checkbox(
    name: str, label: str, is_checked: bool = False, value: str = "on", **attributes: Any
) -> SafeString:
    """A checkbox with its label."""
    return show("checkbox", {**locals(), "attributes": ui.html_attributes(attributes)})
