"""Every route of the house, walked from the URL configuration."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

OUTSIDE = ("admin/", "accounts/", "static/")  # the operator's, allauth's, files


@dataclass(frozen=True)
class Route:
    """A pattern as it is written, and the names of its parts."""

    pattern: str
    parts: tuple[str, ...]


def every_route() -> list[Route]:
    """Return the routes of pages and API that belong to us."""
    found = _walk("", get_resolver().url_patterns)
    return [route for route in found if not route.pattern.lstrip("^").startswith(OUTSIDE)]


def _walk(prefix: str, patterns: list[URLPattern | URLResolver]) -> Iterator[Route]:
    for one in patterns:
        text = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(text, one.url_patterns)
        else:
            yield Route(text, tuple(one.pattern.regex.groupindex))
