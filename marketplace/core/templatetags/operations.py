"""Tags of the operator's pages."""

from collections.abc import Sequence
from typing import Any

from django import template

from marketplace.core.concerns import Matter, open_matters

register = template.Library()


@register.simple_tag(takes_context=True)
def matters(context: dict[str, Any]) -> Sequence[Matter]:
    """Return what waits for the operator."""
    return open_matters(context["request"])
