"""The API tab: calls to copy, and the input and output of a version as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from inference.snippets import snippets, stream_snippets
from inference.trying.panels import types_of
from marketplace.core.ui import Snippet

if TYPE_CHECKING:
    from catalog.models import Listing, Version

MOST_CHOICES = 12
BOUNDS = {
    "minimum": ("at least", ""),
    "maximum": ("at most", ""),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
}
# The largest whole number that JSON carries exactly: a bound that says nothing.
LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """A property of an input or output."""

    path: str
    types: str
    is_required: bool
    bounds: str
    default: str
    says: str


@dataclass(frozen=True, slots=True)
class ApiTab:
    """Everything the API tab shows."""

    model: str
    pinned: str
    snippets: Sequence[Snippet]
    streamed: Sequence[Snippet]
    takes: Sequence[SchemaRow]
    gives: Sequence[SchemaRow]


def api_tab(listing: "Listing", version: "Version") -> ApiTab:
    """Return the API tab of a version."""
    signature, model, site = version.signature, str(listing.model_id), settings.SITE_URL
    return ApiTab(
        model=model,
        pinned=f"{model}:{version.number}",
        snippets=snippets(site, model, signature["example"]),
        streamed=stream_snippets(site, model, signature["example"])
        if signature.get("streams")
        else (),
        takes=list(schema_rows(signature["input_schema"])),
        gives=list(schema_rows(signature["output_schema"])),
    )


def schema_rows(schema: Mapping[str, Any], prefix: str = "") -> Any:
    """Yield a row for each property of an object schema, and for those of its parts."""
    required = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield _row(path, inner, is_required=name in required)
        if "properties" in inner:
            yield from schema_rows(inner, f"{path}.")
        elif isinstance(inner.get("items"), dict) and "properties" in inner["items"]:
            yield from schema_rows(inner["items"], f"{path}[].")


def _row(path: str, schema: Mapping[str, Any], *, is_required: bool) -> SchemaRow:
    bounds = [_bound(name, schema[name]) for name in BOUNDS if schema.get(name, LARGEST) != LARGEST]
    choices = [str(one) for one in schema.get("enum", ())]
    if choices:
        more = ", …" if len(choices) > MOST_CHOICES else ""
        bounds.append(f"one of {', '.join(choices[:MOST_CHOICES])}{more}")
    return SchemaRow(
        path=path,
        types=" or ".join(types_of(dict(schema))) or ("string" if choices else "any"),
        is_required=is_required,
        bounds="; ".join(bounds),
        default=str(schema.get("default", "")),
        says=str(schema.get("description") or schema.get("title") or ""),
    )


def _bound(name: str, bound: float) -> str:
    """Write a bound for people: ``at most 64,000 characters``."""
    words, noun = BOUNDS[name]
    unit = f" {noun}{'' if bound == 1 else 's'}" if noun else ""
    return f"{words} {bound:,}{unit}"
