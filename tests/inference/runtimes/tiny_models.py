"""Language models of about 100,000 random parameters, with all their files, in milliseconds.

Import ``tiny_causal_lm`` and ``tiny_lora`` from any test that needs a servable version.
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SPECIAL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
MERGES = (
    ("t", "h"),
    ("th", "e"),
    ("Ġ", "the"),
    ("i", "n"),
    ("e", "r"),
    ("o", "u"),
    ("a", "n"),
    ("an", "d"),
)
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CONFIG: dict[str, Any] = {
    "runtime": "causal-lm",
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "torch_dtype": "float32",
}


def tiny_causal_lm(folder: Path, seed: int = 0, **changes: Any) -> Path:
    """Write a random Llama-family model into ``folder``; ``changes`` go into config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = tiny_tokenizer()
    config = {**CONFIG, "vocab_size": tokenizer.get_vocab_size(), **changes}
    write_json(folder / "config.json", config)
    write_json(
        folder / "tokenizer_config.json",
        {"chat_template": CHAT_TEMPLATE, "bos_token": "<|im_start|>", "eos_token": "<|im_end|>"},
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file(random_weights(config, seed), folder / "model.safetensors")
    return folder


def tiny_lora(folder: Path, seed: int = 1, **changes: Any) -> Path:
    """Write a random adapter for ``tiny_causal_lm`` into ``folder``; its B is not zero."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "runtime": "causal-lm-lora",
        "peft_type": "LORA",
        "r": 4,
        "lora_alpha": 8,
        "target_modules": ["q_proj", "v_proj"],
        **changes,
    }
    write_json(folder / "config.json", config)
    save_file(random_adapter(config, seed), folder / "model.safetensors")
    return folder


def tiny_tokenizer() -> Tokenizer:
    """Make a byte-level BPE tokenizer: every byte, eight merges, three special tokens."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*SPECIAL_TOKENS, *alphabet, *("".join(pair) for pair in MERGES)]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=list(MERGES)))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in SPECIAL_TOKENS])
    return tokenizer


def random_weights(config: dict[str, Any], seed: int) -> dict[str, torch.Tensor]:
    """Draw the tensors of a Llama-family model under their Hugging Face names.

    Embeddings are small beside what the layers add, or the model would echo its last token.
    """
    generator = torch.Generator().manual_seed(seed)
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    keys = hidden // config["num_attention_heads"] * config["num_key_value_heads"]
    shapes = {
        "self_attn.q_proj": (hidden, hidden),
        "self_attn.k_proj": (keys, hidden),
        "self_attn.v_proj": (keys, hidden),
        "self_attn.o_proj": (hidden, hidden),
        "mlp.gate_proj": (inner, hidden),
        "mlp.up_proj": (inner, hidden),
        "mlp.down_proj": (hidden, inner),
    }
    weights = {
        "model.embed_tokens.weight": torch.randn(config["vocab_size"], hidden, generator=generator)
        * 0.3,
        "model.norm.weight": torch.ones(hidden),
    }
    for layer in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{layer}."
        weights[prefix + "input_layernorm.weight"] = torch.ones(hidden)
        weights[prefix + "post_attention_layernorm.weight"] = torch.ones(hidden)
        for name, (rows, columns) in shapes.items():
            drawn = torch.randn(rows, columns, generator=generator) * 2 * columns**-0.5
            weights[f"{prefix}{name}.weight"] = drawn
    if not config["tie_word_embeddings"]:
        drawn = torch.randn(config["vocab_size"], hidden, generator=generator) * 0.3
        weights["lm_head.weight"] = drawn
    return weights


def random_adapter(config: dict[str, Any], seed: int) -> dict[str, torch.Tensor]:
    """Draw the A and B of every target of every layer, under their PEFT names."""
    generator = torch.Generator().manual_seed(seed)
    hidden, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    keys = hidden // CONFIG["num_attention_heads"] * CONFIG["num_key_value_heads"]
    sizes = {
        "q_proj": ("self_attn", hidden, hidden),
        "k_proj": ("self_attn", keys, hidden),
        "v_proj": ("self_attn", keys, hidden),
        "o_proj": ("self_attn", hidden, hidden),
        "gate_proj": ("mlp", inner, hidden),
        "up_proj": ("mlp", inner, hidden),
        "down_proj": ("mlp", hidden, inner),
    }
    tensors = {}
    for layer in range(CONFIG["num_hidden_layers"]):
        for target in config["target_modules"]:
            block, rows, columns = sizes[target]
            name = f"base_model.model.model.layers.{layer}.{block}.{target}"
            rank = config["r"]
            tensors[f"{name}.lora_A.weight"] = torch.randn(rank, columns, generator=generator) * 0.2
            tensors[f"{name}.lora_B.weight"] = torch.randn(rows, rank, generator=generator) * 0.2
    return tensors


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` as JSON, the way an author's tools would."""
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
