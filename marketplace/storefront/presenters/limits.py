"""What a version's input schema allows, in few words."""

from collections.abc import Iterator, Mapping
from typing import Any

NOUNS = {"maxLength": "characters", "maxItems": "items"}


def input_limits(signature: Mapping[str, Any]) -> list[str]:
    """Return the bounds of a signature's inputs: ``texts: up to 64 items``."""
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
        if isinstance(field.get(keyword), int):
            yield f"{field[keyword]:,} {noun}"
    if field.get("type") == "integer" and isinstance(field.get("maximum"), int):
        yield f"{field['maximum']:,}"
