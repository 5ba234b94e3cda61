"""How a component becomes markup."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


def show(component: str, values: Mapping[str, Any]) -> SafeString:
    """Render ``templates/ui/<component>.html`` with exactly these values."""
    rendered = get_template(f"ui/{component}.html").render(dict(values))
    return mark_safe(rendered.strip())  # noqa: S308 a template escaped it


def trim(content: str) -> SafeString:
    """Strip what a block tag was given; markup stays markup, plain text is escaped."""
    safe = conditional_escape(content)
    return mark_safe(safe.strip())  # noqa: S308 escaped or rendered by a template
