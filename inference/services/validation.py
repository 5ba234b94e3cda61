"""Checks an input against a version's JSON Schema, in words that name the field.

Messages never repeat the value: it belongs to the caller and stays out of logs.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from rfc8785 import CanonicalizationError

from marketplace.core.canonical import json_digest
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.json_body import check

MOST_PROBLEMS = 20
LONGEST_PATH = 200
TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class InputSchema:
    """The input schema of a version, known by the version's digest."""

    digest: str
    schema: Mapping[str, Any] = field(compare=False, hash=False)


def validate_input(value: Mapping[str, Any], schema: InputSchema) -> None:
    """Raise ``InvalidInput`` naming every wrong field, as in ``input.messages.0.role``."""
    check({"input": value})
    found = list(islice(_validator(schema).iter_errors(value), MOST_PROBLEMS))
    problems = {one.field: one for error in found for one in _problems(error)}
    if problems:
        raise InvalidInput(sorted(problems.values(), key=lambda one: one.field))


def digest_of(value: Mapping[str, Any]) -> str:
    """Return the digest of an input's canonical JSON; raises ``InvalidInput``."""
    try:
        return json_digest(value)
    except CanonicalizationError:
        message = "Whole numbers beyond 2^53 lose digits in JSON; send them as texts."
        raise InvalidInput([FieldProblem("input", message)]) from None


@lru_cache(maxsize=256)
def _validator(schema: InputSchema) -> Draft202012Validator:
    return Draft202012Validator(dict(schema.schema))


def _problems(error: ValidationError) -> list[FieldProblem]:
    path = ["input", *(str(part) for part in error.absolute_path)]
    instance: Any = error.instance
    schema: Any = error.schema
    if error.validator == "required":
        wanted: Any = error.validator_value
        missing = [one for one in wanted if one not in instance]
        return [_problem([*path, name], "This field is required.", "required") for name in missing]
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        extra = [one for one in instance if one not in known]
        message = f"This is not a field of the input; there are: {', '.join(sorted(known))}."
        return [_problem([*path, name], message, "unknown") for name in extra]
    return [_problem(path, _message(error), str(error.validator))]


def _problem(path: list[str], message: str, code: str) -> FieldProblem:
    return FieldProblem(".".join(path)[:LONGEST_PATH], message, code)


def _message(error: ValidationError) -> str:
    say = MESSAGES.get(str(error.validator))
    return say(error.validator_value) if say else f"This does not fit {error.validator!r}."


def _type(value: Any) -> str:
    names = [value] if isinstance(value, str) else list(value)
    return f"This must be {' or '.join(TYPES.get(one, one) for one in names)}."


def _choice(value: Any) -> str:
    shown = ", ".join(json.dumps(one) for one in value[:20])
    return f"This must be one of {shown}{' and more' if len(value) > 20 else ''}."


MESSAGES: dict[str, Callable[[Any], str]] = {
    "type": _type,
    "enum": _choice,
    "const": lambda value: f"This must be {json.dumps(value)}.",
    "minimum": lambda value: f"This must be {value} or more.",
    "maximum": lambda value: f"This must be {value} or less.",
    "exclusiveMinimum": lambda value: f"This must be more than {value}.",
    "exclusiveMaximum": lambda value: f"This must be less than {value}.",
    "multipleOf": lambda value: f"This must be a multiple of {value}.",
    "minLength": lambda value: f"This must have {value} characters or more.",
    "maxLength": lambda value: f"This must have {value} characters or less.",
    "minItems": lambda value: f"This must have {value} entries or more.",
    "maxItems": lambda value: f"This must have {value} entries or less.",
    "minProperties": lambda value: f"This must have {value} fields or more.",
    "maxProperties": lambda value: f"This must have {value} fields or less.",
    "uniqueItems": lambda value: "Its entries must differ from each other.",
    "anyOf": lambda value: "This fits none of the allowed forms.",
    "oneOf": lambda value: "This must fit exactly one of the allowed forms.",
}
