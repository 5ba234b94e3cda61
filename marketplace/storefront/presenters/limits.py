"""What a version's input schema allows, in few words."""

from collections.abc import Iterator, Mapping
from typing import Any

NOUNS = {"maxLength": "characters", "maxItems": "items"}
# Numbers and texts of this size and more are the format's limit, nobody's.
BOUNDLESS_NUMBER = 10**9
BOUNDLESS_TEXT = 4 * 10**6


def input_limits(signature: Mapping[str, Any]) -> list[str]:
    """Return the bounds of a signature's inputs that mean something: ``texts: up to 64 items``."""
    schema = signature.get("input_schema")
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return [
        f"{name}: up to {bound}"
        for name, field in properties.items()
        if isinstance(field, Mapping)
        for bound in _bounds(field)
    ]


def _bounds(field: Mapping[str, Any]) -> Iterator[str]:
    for keyword, noun in NOUNS.items():
        if isinstance(field.get(keyword), int) and field[keyword] < BOUNDLESS_TEXT:
            yield f"{field[keyword]:,} {noun}"
    most = field.get("maximum")
    if field.get("type") == "integer" and isinstance(most, int) and most < BOUNDLESS_NUMBER:
        yield f"{most:,}"
