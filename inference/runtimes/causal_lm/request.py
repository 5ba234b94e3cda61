"""What a caller may ask of a language model: the schema and its reading. Torch-free."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.runtimes.base import Json, RuntimeRefusal, Schema
from inference.runtimes.config_file import Section, read_object
from inference.runtimes.inputs import check_text, read_integer, read_number, refuse_unknown

ROLES = ("system", "user", "assistant")
MOST_MESSAGES = 200
LONGEST_CONTENT = 64_000
MOST_TOKENS = 1_024
USUAL_TOKENS = 256
HOTTEST = 2.0
MOST_CANDIDATES = 1_000
LARGEST_SEED = 2**53 - 1
MOST_STOPS = 4
LONGEST_STOP = 64

EXAMPLE: dict[str, Json] = {
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
    "max_tokens": 64,
    "temperature": 0.0,
}
OUTPUT_SCHEMA: Schema = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {
            "type": "object",
            "required": ["role", "content"],
            "properties": {"role": {"const": "assistant"}, "content": {"type": "string"}},
        }
    },
}


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a row's tokens are drawn; a temperature of 0 always takes the best."""

    temperature: float = 0.7
    top_p: float = 1.0
    top_k: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One accepted call."""

    messages: tuple[dict[str, str], ...]
    max_tokens: int
    sampling: Sampling
    stops: tuple[str, ...]


def read_defaults(folder: Path) -> Sampling:
    """Read what ``generation_config.json`` recommends; raises ``BadModel``."""
    path = folder / "generation_config.json"
    if not path.is_file():
        return Sampling()
    section = Section(read_object(path), path.name)
    has_top_k = bool(section.values.get("top_k"))
    return Sampling(
        temperature=section.number("temperature", 0.0, HOTTEST, default=Sampling().temperature),
        top_p=section.number("top_p", 0.001, 1.0, default=Sampling().top_p),
        top_k=section.integer("top_k", 1, MOST_CANDIDATES) if has_top_k else None,
    )


def input_schema(defaults: Sampling) -> Schema:
    """Describe the input of a version with these defaults as JSON Schema."""
    top_k: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_CANDIDATES}
    if defaults.top_k is not None:
        top_k["default"] = defaults.top_k
    return {
        "type": "object",
        "required": ["messages"],
        "additionalProperties": False,
        "properties": {
            "messages": _messages_schema(),
            "max_tokens": _range("integer", 1, MOST_TOKENS, USUAL_TOKENS),
            "temperature": _range("number", 0, HOTTEST, defaults.temperature),
            "top_p": _range("number", 0.001, 1, defaults.top_p),
            "top_k": top_k,
            "seed": {"type": "integer", "minimum": 0, "maximum": LARGEST_SEED},
            "stop": {
                "type": "array",
                "maxItems": MOST_STOPS,
                "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_STOP},
            },
        },
    }


def read_request(value: Mapping[str, Json], defaults: Sampling) -> ChatRequest:
    """Check one input; raises ``RuntimeRefusal`` naming the field."""
    refuse_unknown(value, ("messages", *_OPTIONS))
    return ChatRequest(
        messages=tuple(_messages(value)),
        max_tokens=read_integer(value, "max_tokens", 1, MOST_TOKENS, USUAL_TOKENS),
        sampling=Sampling(
            temperature=read_number(value, "temperature", 0.0, HOTTEST, defaults.temperature),
            top_p=read_number(value, "top_p", 0.001, 1.0, defaults.top_p),
            top_k=_optional(value, "top_k", 1, MOST_CANDIDATES, defaults.top_k),
            seed=_optional(value, "seed", 0, LARGEST_SEED, None),
        ),
        stops=tuple(_stops(value)),
    )


_OPTIONS = ("max_tokens", "temperature", "top_p", "top_k", "seed", "stop")


def _messages_schema() -> Schema:
    message = {
        "type": "object",
        "required": ["role", "content"],
        "additionalProperties": False,
        "properties": {
            "role": {"enum": list(ROLES)},
            "content": {"type": "string", "minLength": 1, "maxLength": LONGEST_CONTENT},
        },
    }
    return {"type": "array", "minItems": 1, "maxItems": MOST_MESSAGES, "items": message}


def _range(kind: str, low: float, high: float, usual: float) -> dict[str, Any]:
    return {"type": kind, "minimum": low, "maximum": high, "default": usual}


def _messages(value: Mapping[str, Json]) -> list[dict[str, str]]:
    messages = value.get("messages")
    if not isinstance(messages, list) or not 0 < len(messages) <= MOST_MESSAGES:
        raise RuntimeRefusal("messages", f"Give a list of 1 to {MOST_MESSAGES} messages.")
    return [_message(message, f"messages.{place}") for place, message in enumerate(messages)]


def _message(message: Json, path: str) -> dict[str, str]:
    if not isinstance(message, Mapping):
        raise RuntimeRefusal(path, "A message is an object with role and content.")
    refuse_unknown(message, ("role", "content"), within=f"{path}.")
    if message.get("role") not in ROLES:
        raise RuntimeRefusal(f"{path}.role", f"Give one of {', '.join(ROLES)}.")
    check_text(message.get("content"), field=f"{path}.content", longest=LONGEST_CONTENT)
    return {"role": message["role"], "content": message["content"]}


def _stops(value: Mapping[str, Json]) -> list[str]:
    stops = value.get("stop", [])
    if not isinstance(stops, list) or len(stops) > MOST_STOPS:
        raise RuntimeRefusal("stop", f"Give a list of at most {MOST_STOPS} texts.")
    for place, stop in enumerate(stops):
        check_text(stop, field=f"stop.{place}", longest=LONGEST_STOP)
    return stops


def _optional(
    value: Mapping[str, Json], name: str, low: int, high: int, default: int | None
) -> int | None:
    if name not in value:
        return default
    return read_integer(value, name, low, high, low)
