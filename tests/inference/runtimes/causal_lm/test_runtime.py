"""Signatures are read from files alone."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from inference.runtimes.base import BadModel, RunRequest
from inference.runtimes.causal_lm.loaded import CausalLm
from inference.runtimes.causal_lm.runtime import CausalLmLoraRuntime, CausalLmRuntime
from tests.inference.runtimes.causal_lm.conftest import answer
from tests.inference.runtimes.tiny_models import tiny_causal_lm, tiny_lora, write_json


def test_reads_the_signature_of_a_model(folder: Path) -> None:
    signature = CausalLmRuntime.signature(folder)

    assert signature.task == "text-generation"
    assert signature.meters == ("input_tokens", "output_tokens", "requests")
    assert signature.streams
    assert signature.input_schema["properties"]["temperature"]["default"] == 0.7


def test_its_example_runs_and_its_output_fits(folder: Path, model: CausalLm) -> None:
    signature = CausalLmRuntime.signature(folder)

    result = answer(model, RunRequest("example", signature.example))

    Draft202012Validator(signature.input_schema).validate(signature.example)
    Draft202012Validator(signature.output_schema).validate(result.output)
    assert result.usage.keys() == set(signature.meters)


def test_an_adapter_has_the_signature_of_its_base(folder: Path, tmp_path: Path) -> None:
    adapter = CausalLmLoraRuntime.signature(tiny_lora(tmp_path))

    assert adapter == CausalLmRuntime.signature(folder)


def test_states_the_defaults_of_the_version(tmp_path: Path) -> None:
    write_json(tiny_causal_lm(tmp_path) / "generation_config.json", {"temperature": 0.2})

    schema = CausalLmRuntime.signature(tmp_path).input_schema

    assert schema["properties"]["temperature"]["default"] == 0.2


def test_needs_a_chat_template(tmp_path: Path) -> None:
    write_json(tiny_causal_lm(tmp_path) / "tokenizer_config.json", {})

    with pytest.raises(BadModel, match="chat_template"):
        CausalLmRuntime.signature(tmp_path)


def test_each_refuses_the_files_of_the_other(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="runtime must be"):
        CausalLmLoraRuntime.signature(folder)
    with pytest.raises(BadModel, match="runtime must be"):
        CausalLmRuntime.signature(tiny_lora(tmp_path))
