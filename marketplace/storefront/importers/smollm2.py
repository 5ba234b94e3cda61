"""Converts SmolLM2's GGUF file into the Hugging Face layout: no network, no torch.

GGUF keeps the queries and keys of a Llama in the order of interleaved rotary pairs and the
tokenizer as bare lists; both are put back into the form that ``transformers`` uses. The
bytes written depend on the bytes read alone.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

Array = NDArray[Any]

TOP_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
BLOCK_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
CONTROL_TOKEN = 3


class UnexpectedGguf(ValueError):
    """The GGUF file is not the kind of model that this converter knows."""


def convert_smollm2(gguf_path: Path, target: Path) -> None:
    """Write the model of ``gguf_path`` as a ``causal-lm`` version folder into ``target``.

    Raises ``UnexpectedGguf``.
    """
    reader = GGUFReader(gguf_path)
    facts = {name: field.contents() for name, field in reader.fields.items()}
    _require(facts, "general.architecture", "llama")
    _require(facts, "tokenizer.ggml.model", "gpt2")
    _require(facts, "tokenizer.ggml.pre", "smollm")
    target.mkdir(parents=True, exist_ok=True)
    tensors = dict(_tensors(reader, facts))
    _write_json(target / "config.json", _config(facts, tied="lm_head.weight" not in tensors))
    _write_json(target / "tokenizer_config.json", _tokenizer_config(facts))
    _tokenizer(facts).save(str(target / "tokenizer.json"))
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})


def _require(facts: dict[str, Any], key: str, wanted: str) -> None:
    if facts.get(key) != wanted:
        raise UnexpectedGguf(f"{key} is {facts.get(key)!r}, not {wanted!r}")


def _tensors(reader: GGUFReader, facts: dict[str, Any]) -> Iterator[tuple[str, Array]]:
    heads = {
        "attn_q": facts["llama.attention.head_count"],
        "attn_k": facts["llama.attention.head_count_kv"],
    }
    for tensor in reader.tensors:
        name, kind = _hugging_face_name(tensor.name)
        values = dequantize(tensor.data, tensor.tensor_type)
        if kind in heads:
            values = _halves_from_pairs(values, heads[kind])
        yield name, np.ascontiguousarray(values, dtype=np.float16)


def _hugging_face_name(name: str) -> tuple[str, str]:
    """Translate ``blk.3.attn_q.weight``; also return the kind, here ``attn_q``."""
    if name in TOP_NAMES:
        return TOP_NAMES[name], name
    match name.split("."):
        case ["blk", layer, kind, "weight"] if kind in BLOCK_NAMES:
            return f"model.layers.{layer}.{BLOCK_NAMES[kind]}.weight", kind
    raise UnexpectedGguf(f"the tensor {name} is not part of a Llama")


def _halves_from_pairs(weight: Array, heads: int) -> Array:
    """Reorder a head's rows from (pair, which) to (which, pair)."""
    rows, columns = weight.shape
    pairs = weight.reshape(heads, rows // heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)


def _config(facts: dict[str, Any], *, tied: bool) -> dict[str, Any]:
    return {
        "runtime": "causal-lm",
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": facts["llama.embedding_length"],
        "intermediate_size": facts["llama.feed_forward_length"],
        "num_hidden_layers": facts["llama.block_count"],
        "num_attention_heads": facts["llama.attention.head_count"],
        "num_key_value_heads": facts["llama.attention.head_count_kv"],
        "max_position_embeddings": facts["llama.context_length"],
        "rms_norm_eps": _shortest(facts["llama.attention.layer_norm_rms_epsilon"]),
        "rope_theta": _shortest(facts["llama.rope.freq_base"]),
        "vocab_size": facts["llama.vocab_size"],
        "tie_word_embeddings": tied,
        "bos_token_id": facts["tokenizer.ggml.bos_token_id"],
        "eos_token_id": facts["tokenizer.ggml.eos_token_id"],
        "torch_dtype": "float16",
    }


def _tokenizer(facts: dict[str, Any]) -> Tokenizer:
    words: list[str] = facts["tokenizer.ggml.tokens"]
    kinds: list[int] = facts["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in facts["tokenizer.ggml.merges"]]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [word for word, kind in zip(words, kinds, strict=True) if kind == CONTROL_TOKEN]
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word in special])
    return tokenizer


def _tokenizer_config(facts: dict[str, Any]) -> dict[str, Any]:
    words = facts["tokenizer.ggml.tokens"]
    return {
        "tokenizer_class": "GPT2Tokenizer",
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": facts["llama.context_length"],
        "bos_token": words[facts["tokenizer.ggml.bos_token_id"]],
        "eos_token": words[facts["tokenizer.ggml.eos_token_id"]],
        "unk_token": words[facts["tokenizer.ggml.unknown_token_id"]],
        "pad_token": words[facts["tokenizer.ggml.padding_token_id"]],
        "chat_template": facts["tokenizer.chat_template"],
    }


def _shortest(value: float) -> float:
    """Undo the noise of 32-bit storage: 9.999999747378752e-06 was written as 1e-05."""
    return float(str(np.float32(value)))


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
