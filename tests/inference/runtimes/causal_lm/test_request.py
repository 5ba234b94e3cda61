"""Inputs are read within the bounds that the schema states."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from inference.runtimes.base import BadModel, RuntimeRefusal
from inference.runtimes.causal_lm.request import (
    EXAMPLE,
    Sampling,
    input_schema,
    read_defaults,
    read_request,
)
from tests.inference.runtimes.tiny_models import write_json

USER = {"role": "user", "content": "Hi"}
DEFAULTS = Sampling()


def test_reads_a_bare_chat_with_the_usual_options() -> None:
    request = read_request({"messages": [USER]}, DEFAULTS)

    assert request.messages == (USER,)
    assert (request.max_tokens, request.stops) == (256, ())
    assert request.sampling == Sampling(temperature=0.7, top_p=1.0, top_k=None, seed=None)


def test_reads_every_option() -> None:
    options = {"max_tokens": 9, "temperature": 0, "top_p": 0.5, "top_k": 4, "seed": 7}

    request = read_request({"messages": [USER], "stop": ["a", "b"], **options}, DEFAULTS)

    assert (request.max_tokens, request.stops) == (9, ("a", "b"))
    assert request.sampling == Sampling(temperature=0.0, top_p=0.5, top_k=4, seed=7)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"messages": []}, "messages"),
    ({}, "messages"),
    ({"messages": "Hi"}, "messages"),
    ({"messages": [USER] * 201}, "messages"),
    ({"messages": ["Hi"]}, "messages.0"),
    ({"messages": [USER, {"role": "tool", "content": "Hi"}]}, "messages.1.role"),
    ({"messages": [{"role": "user"}]}, "messages.0.content"),
    ({"messages": [{"role": "user", "content": "x" * 64_001}]}, "messages.0.content"),
    ({"messages": [{**USER, "name": "Ann"}]}, "messages.0.name"),
    ({"messages": [USER], "max_tokens": 0}, "max_tokens"),
    ({"messages": [USER], "max_tokens": 1025}, "max_tokens"),
    ({"messages": [USER], "temperature": 2.5}, "temperature"),
    ({"messages": [USER], "temperature": "hot"}, "temperature"),
    ({"messages": [USER], "top_p": 0}, "top_p"),
    ({"messages": [USER], "top_k": 0}, "top_k"),
    ({"messages": [USER], "seed": -1}, "seed"),
    ({"messages": [USER], "seed": 2**60}, "seed"),
    ({"messages": [USER], "stop": "END"}, "stop"),
    ({"messages": [USER], "stop": ["a"] * 5}, "stop"),
    ({"messages": [USER], "stop": [""]}, "stop.0"),
    ({"messages": [USER], "prompt": "Hi"}, "prompt"),
]


@pytest.mark.parametrize(("value", "field"), REFUSED)
def test_refuses_and_names_the_field(value: dict[str, Any], field: str) -> None:
    with pytest.raises(RuntimeRefusal) as refusal:
        read_request(value, DEFAULTS)

    assert refusal.value.field == field


@pytest.mark.parametrize(("value", "field"), REFUSED)
def test_the_schema_refuses_the_same(value: dict[str, Any], field: str) -> None:
    assert not Draft202012Validator(input_schema(DEFAULTS)).is_valid(value)


def test_the_schema_is_one_and_its_example_fits() -> None:
    schema = input_schema(Sampling(top_k=40))

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(EXAMPLE)
    assert schema["properties"]["top_k"]["default"] == 40
    assert schema["properties"]["max_tokens"]["default"] == 256


def test_refuses_half_a_surrogate_pair() -> None:
    with pytest.raises(RuntimeRefusal, match="surrogate"):
        read_request({"messages": [{"role": "user", "content": "\ud83e"}]}, DEFAULTS)


def test_takes_defaults_from_the_generation_config(tmp_path: Path) -> None:
    recommended = {"temperature": 0.2, "top_p": 0.9, "top_k": 50, "do_sample": True}
    write_json(tmp_path / "generation_config.json", recommended)

    defaults = read_defaults(tmp_path)

    assert defaults == Sampling(temperature=0.2, top_p=0.9, top_k=50)
    assert read_request({"messages": [USER]}, defaults).sampling == defaults


def test_has_defaults_without_a_generation_config(tmp_path: Path) -> None:
    assert read_defaults(tmp_path) == Sampling(temperature=0.7)


def test_refuses_a_generation_config_out_of_bounds(tmp_path: Path) -> None:
    write_json(tmp_path / "generation_config.json", {"temperature": 9})

    with pytest.raises(BadModel, match=r"generation_config\.json: temperature must be"):
        read_defaults(tmp_path)
