"""A GGUF file comes out as the same model in the Hugging Face layout."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGUFWriter
from safetensors.numpy import load_file

from inference.runtimes.base import RunRequest, RunResult
from inference.runtimes.causal_lm.loaded import CausalLm
from marketplace.storefront.importers.smollm2 import UnexpectedGguf, convert_smollm2
from tests.inference.runtimes.tiny_models import (
    CHAT_TEMPLATE,
    CONFIG,
    MERGES,
    SPECIAL_TOKENS,
    tiny_causal_lm,
    tiny_tokenizer,
)

TOP = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}
BLOCK = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def gguf_name(name: str) -> str:
    if name in TOP:
        return TOP[name]
    _, _, layer, stem = name.removesuffix(".weight").split(".", 3)
    return f"blk.{layer}.{BLOCK[stem]}.weight"


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Order a head's rows as llama.cpp does: first and second half by turns."""
    first, second = np.split(weight.reshape(heads, -1, weight.shape[1]), 2, axis=1)
    return np.stack((first, second), axis=2).reshape(weight.shape)


def write_gguf(folder: Path, model: Path, **facts: Any) -> Path:
    path = folder / "model.gguf"
    writer = GGUFWriter(path, facts.get("architecture", "llama"))
    writer.add_block_count(CONFIG["num_hidden_layers"])
    writer.add_context_length(CONFIG["max_position_embeddings"])
    writer.add_embedding_length(CONFIG["hidden_size"])
    writer.add_feed_forward_length(CONFIG["intermediate_size"])
    writer.add_head_count(CONFIG["num_attention_heads"])
    writer.add_head_count_kv(CONFIG["num_key_value_heads"])
    writer.add_rope_freq_base(CONFIG["rope_theta"])
    writer.add_layer_norm_rms_eps(CONFIG["rms_norm_eps"])
    add_tokenizer(writer, facts.get("pre", "smollm"))
    heads = {"attn_q": CONFIG["num_attention_heads"], "attn_k": CONFIG["num_key_value_heads"]}
    for name, weight in load_file(model / "model.safetensors").items():
        kind = gguf_name(name).split(".")[-2]
        given = interleaved(weight, heads[kind]) if kind in heads else weight
        writer.add_tensor(facts.get(name, gguf_name(name)), np.ascontiguousarray(given))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def add_tokenizer(writer: GGUFWriter, pre: str) -> None:
    vocabulary = tiny_tokenizer().get_vocab()
    words = sorted(vocabulary, key=vocabulary.__getitem__)
    writer.add_vocab_size(len(words))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(words)
    writer.add_token_types([3 if word in SPECIAL_TOKENS else 1 for word in words])
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_chat_template(CHAT_TEMPLATE)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_causal_lm(tmp_path_factory.mktemp("original"))


@pytest.fixture(scope="module")
def converted(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("converted")
    convert_smollm2(write_gguf(folder, original), folder / "model")
    return folder / "model"


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_puts_every_tensor_back_in_order(original: Path, converted: Path) -> None:
    wanted = load_file(original / "model.safetensors")
    found = load_file(converted / "model.safetensors")

    assert found.keys() == wanted.keys()
    for name, weight in found.items():
        assert weight.dtype == np.float16
        np.testing.assert_array_equal(weight, wanted[name].astype(np.float16))


def test_writes_the_config_that_was_meant(converted: Path) -> None:
    config = json.loads((converted / "config.json").read_text())

    assert {key: config[key] for key in CONFIG} == {**CONFIG, "torch_dtype": "float16"}
    assert config["vocab_size"] == 267


def test_rebuilds_the_tokenizer(original: Path, converted: Path) -> None:
    text = "<|im_start|>the 12 and 345, Ærø<|im_end|>"
    made = CausalLm.load(converted, device="cpu").tokenizer
    meant = CausalLm.load(original, device="cpu").tokenizer

    assert made.encode(text) == meant.encode(text)
    assert made.decode(made.encode(text)) == "the 12 and 345, Ærø"


def test_keeps_the_chat_template_and_its_tokens(converted: Path) -> None:
    config = json.loads((converted / "tokenizer_config.json").read_text())

    assert config["chat_template"] == CHAT_TEMPLATE
    assert (config["bos_token"], config["eos_token"]) == ("<|im_start|>", "<|im_end|>")


def test_the_converted_model_answers(converted: Path) -> None:
    chat = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}

    (result,) = CausalLm.load(converted, device="cpu").run([RunRequest("1", chat)])

    assert isinstance(result, RunResult)
    assert result.usage["input_tokens"] == 19


def test_gives_the_same_bytes_again(original: Path, converted: Path, tmp_path: Path) -> None:
    convert_smollm2(write_gguf(tmp_path, original), tmp_path / "again")

    assert digests(tmp_path / "again") == digests(converted)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"architecture": "qwen2"}, "general.architecture is 'qwen2'"),
        ({"pre": "llama-bpe"}, r"tokenizer\.ggml\.pre is 'llama-bpe'"),
        ({"model.norm.weight": "rope_freqs.weight"}, "rope_freqs.weight is not part of a Llama"),
    ],
)
def test_refuses_another_kind_of_model(
    original: Path, tmp_path: Path, facts: dict[str, str], reason: str
) -> None:
    with pytest.raises(UnexpectedGguf, match=reason):
        convert_smollm2(write_gguf(tmp_path, original, **facts), tmp_path / "model")

    assert not (tmp_path / "model" / "model.safetensors").exists()
