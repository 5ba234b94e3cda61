"""config.json is read within bounds, before anything is allocated."""

import json
from pathlib import Path
from typing import Any

import pytest

from inference.runtimes.base import BadModel
from inference.runtimes.causal_lm.config import (
    lora_names,
    read_causal_lm_config,
    read_lora_config,
    target_name,
)
from tests.inference.runtimes.tiny_models import CONFIG, tiny_lora, write_json


def written(folder: Path, **changes: Any) -> Path:
    config = {**CONFIG, "vocab_size": 267, **changes}
    write_json(folder / "config.json", {k: v for k, v in config.items() if v is not None})
    return folder


def test_reads_the_shape_of_a_decoder(tmp_path: Path) -> None:
    config = read_causal_lm_config(written(tmp_path))

    assert (config.layers, config.heads, config.kv_heads, config.head_dim) == (2, 4, 2, 16)
    assert (config.vocab_size, config.context, config.rope_theta) == (267, 512, 10_000.0)
    assert config.stop_ids == {2}
    assert config.dtypes == {"F32"}
    assert config.tied


def test_lists_every_tensor_with_its_shape(tmp_path: Path) -> None:
    shapes = read_causal_lm_config(written(tmp_path)).tensor_shapes()

    assert len(shapes) == 2 + 2 * 9
    assert shapes["model.layers.1.self_attn.k_proj.weight"] == (32, 64)
    assert shapes["model.layers.0.mlp.down_proj.weight"] == (64, 128)
    assert "lm_head.weight" not in shapes


def test_wants_a_head_of_its_own_where_embeddings_are_not_tied(tmp_path: Path) -> None:
    config = read_causal_lm_config(written(tmp_path, tie_word_embeddings=False))

    assert config.tensor_shapes()["lm_head.weight"] == (267, 64)


def test_takes_the_missing_from_the_usual(tmp_path: Path) -> None:
    folder = written(tmp_path, num_key_value_heads=None, rope_theta=None, torch_dtype=None)

    config = read_causal_lm_config(folder)

    assert (config.kv_heads, config.rope_theta) == (4, 10_000.0)
    assert config.dtypes == {"F32", "F16", "BF16"}


def test_reads_the_rotary_base_where_transformers_5_keeps_it(tmp_path: Path) -> None:
    parameters = {"rope_type": "default", "rope_theta": 5e5}
    folder = written(tmp_path, rope_theta=None, rope_parameters=parameters, dtype="bfloat16")

    config = read_causal_lm_config(folder)

    assert config.rope_theta == 5e5
    assert config.dtypes == {"BF16"}


def test_takes_stop_tokens_from_the_generation_config(tmp_path: Path) -> None:
    write_json(tmp_path / "generation_config.json", {"eos_token_id": [0, 2]})

    assert read_causal_lm_config(written(tmp_path)).stop_ids == {0, 2}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"runtime": "tabular-mlp"}, "runtime must be one of causal-lm"),
        ({"architectures": ["GPT2LMHeadModel"]}, "architectures must be"),
        ({"hidden_act": "gelu"}, "hidden_act must be"),
        ({"attention_bias": True}, "attention_bias is not supported"),
        ({"quantization_config": {"bits": 4}}, "quantization_config is not supported"),
        ({"rope_scaling": {"rope_type": "yarn"}}, "rope scaling 'yarn' is not supported"),
        ({"hidden_size": 10**9}, "hidden_size must be a whole number from 8 to 16384"),
        ({"num_hidden_layers": 0}, "num_hidden_layers must be"),
        ({"num_hidden_layers": True}, "num_hidden_layers must be"),
        ({"vocab_size": 2**40}, "vocab_size must be"),
        ({"max_position_embeddings": "many"}, "max_position_embeddings must be"),
        ({"num_attention_heads": 3}, "hidden_size must be a multiple of num_attention_heads"),
        ({"num_key_value_heads": 3}, "num_attention_heads must be a multiple"),
        ({"head_dim": 15}, "head_dim must be even"),
        ({"rms_norm_eps": 0}, "rms_norm_eps must be"),
        ({"torch_dtype": "int8"}, "torch_dtype must be one of"),
        ({"eos_token_id": 267}, "eos_token_id must be inside the vocabulary"),
        ({"eos_token_id": None}, "eos_token_id must be"),
        ({"eos_token_id": []}, "eos_token_id must be"),
    ],
)
def test_refuses_what_it_cannot_serve(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        read_causal_lm_config(written(tmp_path, **changes))


def test_refuses_a_number_that_is_not_finite(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({**CONFIG, "rope_theta": float("inf")}))

    with pytest.raises(BadModel, match="cannot be read as JSON"):
        read_causal_lm_config(tmp_path)


def test_reads_an_adapter(tmp_path: Path) -> None:
    config = read_lora_config(tiny_lora(tmp_path, base_digest="ab12"))

    assert (config.rank, config.scale, config.base_digest) == (4, 2.0, "ab12")
    assert config.targets == ("q_proj", "v_proj")


def test_lists_every_tensor_of_an_adapter(tmp_path: Path) -> None:
    base = read_causal_lm_config(written(tmp_path))
    shapes = read_lora_config(tiny_lora(tmp_path / "adapter")).tensor_shapes(base)

    assert len(shapes) == 2 * 2 * 2
    lora_a, lora_b = lora_names(1, "v_proj")
    assert (shapes[lora_a], shapes[lora_b]) == ((4, 64), (32, 4))
    assert lora_a == "base_model.model.model.layers.1.self_attn.v_proj.lora_A.weight"
    assert target_name(0, "up_proj") == "model.layers.0.mlp.up_proj"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"r": 0}, "r must be a whole number from 1 to 512"),
        ({"r": 4096}, "r must be"),
        ({"lora_alpha": "big"}, "lora_alpha must be"),
        ({"target_modules": ["lm_head"]}, "target_modules must be some of"),
        ({"target_modules": "all-linear"}, "target_modules must be a list"),
        ({"bias": "all"}, "bias must be one of none"),
        ({"use_dora": True}, "use_dora is not supported"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save is not supported"),
        ({"base_digest": 7}, "base_digest must be"),
    ],
)
def test_refuses_an_adapter_it_cannot_serve(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    tiny_lora(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    write_json(tmp_path / "config.json", {**config, **changes})

    with pytest.raises(BadModel, match=reason):
        read_lora_config(tmp_path)
