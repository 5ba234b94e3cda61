"""The form that suits a version, made from its signature."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.types import Caller
from inference.trying.transcripts import as_sound_uri

if TYPE_CHECKING:
    from catalog.models import Listing, Version

Json = dict[str, Any]
# The property of an input that tells which form suits it.
KINDS = {
    "messages": "chat",
    "texts": "texts",
    "rows": "rows",
    "image": "image",
    "audio": "sound",
    "series": "series",
}
MOST_TOKENS = 256


@dataclass(frozen=True, slots=True)
class FieldView:
    """One control: a number, a choice or a text, with its bounds."""

    name: str
    label: str
    help: str
    kind: str
    value: Any
    choices: Sequence[str] = ()
    minimum: Any = None
    maximum: Any = None
    step: str = "any"

    @property
    def id(self) -> str:
        """Return the id of the control."""
        return f"try-{self.name}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture to try a model with: whole and small as data URIs, and whose it is."""

    name: str
    credit: str
    picture: str
    thumbnail: str


@dataclass(frozen=True, slots=True)
class TryPanel:
    """Everything the try-it panel shows before a call."""

    kind: str
    model: str
    run_url: str
    stream_url: str
    may_run: bool
    sign_in_url: str
    text: str
    fields: Sequence[FieldView]
    streams: bool
    columns: str = ""
    samples: Sequence["Sample"] = ()


def kind_of(signature: Mapping[str, Any]) -> str:
    """Return which form suits an input schema: chat, texts, rows, image, sound, series or json."""
    properties = signature["input_schema"].get("properties", {})
    return next((kind for name, kind in KINDS.items() if name in properties), "json")


def try_panel(
    listing: "Listing",
    version: "Version",
    *,
    viewer: Caller | None,
    samples: Sequence[Sample] = (),
) -> TryPanel:
    """Return the panel of a version, filled in with its own example or with samples."""
    signature = version.signature
    kind = kind_of(signature)
    fields = fields_of(kind, signature)
    address = f"{listing.get_absolute_url()}run/"
    return TryPanel(
        kind=kind,
        model=f"{listing.model_id}:{version.number}",
        run_url=address,
        stream_url=f"{listing.get_absolute_url()}stream/",
        may_run=viewer is not None and viewer.can("predictions.run"),
        sign_in_url="" if viewer else f"/accounts/login/?next={listing.get_absolute_url()}try/",
        text=_text(kind, signature["example"]),
        fields=fields,
        streams=bool(signature.get("streams")),
        columns=",".join(field.name.removeprefix("row.") for field in fields),
        samples=samples if kind == "image" else (),
    )


def _text(kind: str, example: Json) -> str:
    if kind == "chat":
        return str(example["messages"][-1]["content"])
    if kind == "texts":
        return "\n".join(example["texts"])
    if kind == "series":
        return ", ".join(f"{value:g}" for value in example["series"] if value is not None)
    if kind == "sound":
        return as_sound_uri(str(example["audio"]))
    return json.dumps(example, indent=2) if kind == "json" else ""


def fields_of(kind: str, signature: Mapping[str, Any]) -> list[FieldView]:
    """Return the controls beside the main one."""
    schema, example = signature["input_schema"], signature["example"]
    if kind == "rows":
        columns = schema["properties"]["rows"]["items"]["properties"]
        return [
            field_view(f"row.{name}", column, example["rows"][0].get(name))
            for name, column in columns.items()
        ]
    if kind == "json":
        return []
    main = next(name for name, known in KINDS.items() if known == kind)
    return [
        field_view(name, option, _start(name, option, example))
        for name, option in schema["properties"].items()
        if name != main and set(types_of(option)) & {"integer", "number"}
    ]


def _start(name: str, option: Json, example: Json) -> Any:
    if name == "max_tokens":
        return min(MOST_TOKENS, option.get("maximum", MOST_TOKENS))
    return option.get("default", example.get(name))


def field_view(name: str, schema: Json, value: Any) -> FieldView:
    """Return the control of one property."""
    choices = [str(one) for one in schema.get("enum", ()) if one is not None]
    types = types_of(schema)
    kind = "choice" if choices else "number" if set(types) & {"integer", "number"} else "text"
    return FieldView(
        name=name,
        label=str(schema.get("title") or _as_words(name.rpartition(".")[2])),
        help=str(schema.get("description", "")),
        kind=kind,
        value="" if value is None else value,
        choices=choices,
        minimum=schema.get("minimum"),
        maximum=schema.get("maximum"),
        step="1" if "integer" in types else "any",
    )


def types_of(schema: Json) -> list[str]:
    """Return the JSON types that a schema takes."""
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def _as_words(name: str) -> str:
    return name.replace("_", " ").capitalize()
