"""Inputs are refused in words that name the field and never repeat the value."""

import pytest

from inference.runtimes.causal_lm.request import Sampling, input_schema
from inference.services.validation import InputSchema, digest_of, validate_input
from marketplace.core.errors import InvalidInput

CHAT = InputSchema("chat", input_schema(Sampling()))
HELLO = {"messages": [{"role": "user", "content": "hello"}]}
ROWS = InputSchema(
    "rows",
    {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True},
            "size": {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 2},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "either": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "additionalProperties": False,
    },
)


def problems(value, schema=CHAT):
    with pytest.raises(InvalidInput) as refused:
        validate_input(value, schema)
    return {one.field: one.message for one in refused.value.problems}


def test_accepts_what_fits():
    validate_input(HELLO, CHAT)


def test_names_a_missing_field():
    assert problems({}) == {"input.messages": "This field is required."}


def test_names_a_missing_field_deep_inside():
    found = problems({"messages": [{"role": "user"}]})

    assert found == {"input.messages.0.content": "This field is required."}


def test_names_an_unknown_field_and_the_known_ones():
    found = problems({**HELLO, "temprature": 1})

    assert list(found) == ["input.temprature"]
    assert "temperature" in found["input.temprature"]


def test_names_every_wrong_field():
    found = problems({"messages": [{"role": "pope", "content": 7}], "top_p": 2})

    assert found == {
        "input.messages.0.content": "This must be a text.",
        "input.messages.0.role": 'This must be one of "system", "user", "assistant".',
        "input.top_p": "This must be 1 or less.",
    }


@pytest.mark.parametrize(
    ("value", "field", "message"),
    [
        ({"rows": []}, "input.rows", "This must have 1 entries or more."),
        ({"rows": [1, 2, 3]}, "input.rows", "This must have 2 entries or less."),
        ({"rows": [1, 1]}, "input.rows", "Its entries must differ from each other."),
        ({"size": 0}, "input.size", "This must be more than 0."),
        ({"size": 3}, "input.size", "This must be a multiple of 2."),
        ({"size": True}, "input.size", "This must be a whole number."),
        ({"kind": "c"}, "input.kind", 'This must be one of "a", "b".'),
        ({"either": 1}, "input.either", "This fits none of the allowed forms."),
    ],
)
def test_says_what_would_be_right(value, field, message):
    assert problems(value, ROWS) == {field: message}


def test_never_repeats_the_value():
    secret = "correct horse battery staple"

    found = problems({"messages": [{"role": secret, "content": [secret]}], "top_k": secret})

    assert secret not in str(found)


def test_bounds_how_many_problems_it_names():
    messages = [{"role": "pope", "content": "x"} for _ in range(100)]

    assert len(problems({"messages": messages})) == 20


@pytest.mark.parametrize("text", ["half \ud800", "nul \0"])
def test_refuses_text_that_cannot_be_kept(text):
    found = problems({"messages": [{"role": "user", "content": text}]})

    assert list(found) == ["input.messages.0.content"]


def test_refuses_what_is_nested_too_deeply():
    deep: object = "x"
    for _ in range(100):
        deep = [deep]

    assert "nested deeper" in next(iter(problems({"messages": deep}).values()))


def test_digests_do_not_depend_on_the_order_of_fields():
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_refuses_whole_numbers_that_lose_digits():
    with pytest.raises(InvalidInput, match="lose digits"):
        digest_of({"a": 2**60})
