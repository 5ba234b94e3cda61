"""Reads and bounds ``config.json``, so that nothing absurd is allocated later. Torch-free."""

from dataclasses import dataclass
from pathlib import Path

from inference.runtimes.base import BadModel
from inference.runtimes.config_file import Section, read_config, read_object

RUNTIME = "causal-lm"
LORA_RUNTIME = "causal-lm-lora"
DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}
ATTENTION_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj")
MLP_TARGETS = ("gate_proj", "up_proj", "down_proj")
TARGETS = ATTENTION_TARGETS + MLP_TARGETS


@dataclass(frozen=True, slots=True)
class CausalLmConfig:
    """The shape of one decoder; every number is within its bounds."""

    hidden_size: int
    intermediate_size: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab_size: int
    context: int
    norm_eps: float
    rope_theta: float
    tied: bool
    stop_ids: frozenset[int]
    dtypes: frozenset[str]

    def target_shape(self, target: str) -> tuple[int, int]:
        """Return rows and columns of a projection such as ``q_proj``."""
        queries, keys = self.heads * self.head_dim, self.kv_heads * self.head_dim
        return {
            "q_proj": (queries, self.hidden_size),
            "k_proj": (keys, self.hidden_size),
            "v_proj": (keys, self.hidden_size),
            "o_proj": (self.hidden_size, queries),
            "gate_proj": (self.intermediate_size, self.hidden_size),
            "up_proj": (self.intermediate_size, self.hidden_size),
            "down_proj": (self.hidden_size, self.intermediate_size),
        }[target]

    def tensor_shapes(self) -> dict[str, tuple[int, ...]]:
        """List every tensor that ``model.safetensors`` must hold, with its shape."""
        shapes: dict[str, tuple[int, ...]] = {
            "model.embed_tokens.weight": (self.vocab_size, self.hidden_size),
            "model.norm.weight": (self.hidden_size,),
        }
        if not self.tied:
            shapes["lm_head.weight"] = (self.vocab_size, self.hidden_size)
        for layer in range(self.layers):
            for norm in ("input_layernorm", "post_attention_layernorm"):
                shapes[f"model.layers.{layer}.{norm}.weight"] = (self.hidden_size,)
            for target in TARGETS:
                shapes[f"{target_name(layer, target)}.weight"] = self.target_shape(target)
        return shapes


@dataclass(frozen=True, slots=True)
class LoraConfig:
    """The shape of one adapter, in the words of PEFT's ``adapter_config.json``."""

    rank: int
    alpha: float
    targets: tuple[str, ...]
    base_digest: str | None

    @property
    def scale(self) -> float:
        """Return the factor on the adapter's product."""
        return self.alpha / self.rank

    def tensor_shapes(self, base: CausalLmConfig) -> dict[str, tuple[int, ...]]:
        """List every tensor that the adapter of ``base`` must hold, with its shape."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(base.layers):
            for target in self.targets:
                rows, columns = base.target_shape(target)
                lora_a, lora_b = lora_names(layer, target)
                shapes[lora_a] = (self.rank, columns)
                shapes[lora_b] = (rows, self.rank)
        return shapes


def target_name(layer: int, target: str) -> str:
    """Return the Hugging Face name of a projection, without ``.weight``."""
    block = "self_attn" if target in ATTENTION_TARGETS else "mlp"
    return f"model.layers.{layer}.{block}.{target}"


def lora_names(layer: int, target: str) -> tuple[str, str]:
    """Return the PEFT names of the A and B of a projection."""
    stem = f"base_model.model.{target_name(layer, target)}"
    return f"{stem}.lora_A.weight", f"{stem}.lora_B.weight"


def read_causal_lm_config(folder: Path) -> CausalLmConfig:
    """Read the decoder described by ``config.json``; raises ``BadModel``."""
    raw = read_config(folder, runtime=RUNTIME)
    _require_llama(raw)
    hidden = raw.integer("hidden_size", 8, 16_384)
    heads = raw.integer("num_attention_heads", 1, 256)
    config = CausalLmConfig(
        hidden_size=hidden,
        intermediate_size=raw.integer("intermediate_size", 8, 131_072),
        layers=raw.integer("num_hidden_layers", 1, 256),
        heads=heads,
        kv_heads=raw.integer("num_key_value_heads", 1, 256, default=heads),
        head_dim=raw.integer("head_dim", 2, 1_024, default=max(2, hidden // heads)),
        vocab_size=raw.integer("vocab_size", 2, 1_048_576),
        context=raw.integer("max_position_embeddings", 2, 1_048_576),
        norm_eps=raw.number("rms_norm_eps", 1e-12, 0.1, default=1e-6),
        rope_theta=_rope_theta(raw),
        tied=raw.flag("tie_word_embeddings", default=False),
        stop_ids=_stop_ids(folder, raw),
        dtypes=_stored_dtypes(raw),
    )
    _require_divisible(config, raw)
    return config


def read_lora_config(folder: Path) -> LoraConfig:
    """Read the adapter described by ``config.json``; raises ``BadModel``."""
    raw = read_config(folder, runtime=LORA_RUNTIME)
    targets = raw.texts("target_modules", most=len(TARGETS))
    if not set(targets) <= set(TARGETS):
        raise raw.bad("target_modules", f"some of {', '.join(TARGETS)}")
    raw.choice("bias", "none", default="none")
    for key in ("use_dora", "use_rslora", "modules_to_save", "rank_pattern", "alpha_pattern"):
        if raw.values.get(key):
            raise BadModel(f"config.json: {key} is not supported.")
    rank = raw.integer("r", 1, 512)
    has_digest = raw.values.get("base_digest") is not None
    return LoraConfig(
        rank=rank,
        alpha=raw.number("lora_alpha", 0.0, 65_536.0, default=float(rank)),
        targets=tuple(sorted(targets)),
        base_digest=raw.text("base_digest") if has_digest else None,
    )


def _require_llama(raw: Section) -> None:
    architectures = raw.values.get("architectures", ["LlamaForCausalLM"])
    if architectures != ["LlamaForCausalLM"]:
        raise raw.bad("architectures", '["LlamaForCausalLM"]')
    raw.choice("hidden_act", "silu", default="silu")
    for key in ("attention_bias", "mlp_bias", "quantization_config"):
        if raw.values.get(key):
            raise BadModel(f"config.json: {key} is not supported.")


def _require_divisible(config: CausalLmConfig, raw: Section) -> None:
    if "head_dim" not in raw.values and config.hidden_size % config.heads:
        raise raw.bad("hidden_size", "a multiple of num_attention_heads")
    if config.heads % config.kv_heads:
        raise raw.bad("num_attention_heads", "a multiple of num_key_value_heads")
    if config.head_dim % 2:
        raise raw.bad("head_dim", "even")
    if max(config.stop_ids) >= config.vocab_size:
        raise raw.bad("eos_token_id", "inside the vocabulary")


def _rope_theta(raw: Section) -> float:
    """Read the rotary base from where ``transformers`` 4 or 5 keeps it."""
    key = "rope_parameters" if raw.values.get("rope_parameters") else "rope_scaling"
    if not raw.values.get(key):
        return raw.number("rope_theta", 1.0, 1e9, default=10_000.0)
    scaling = raw.section(key)
    kind = scaling.values.get("rope_type", scaling.values.get("type", "default"))
    if kind != "default":
        raise BadModel(f"config.json: the rope scaling {str(kind)[:40]!r} is not supported.")
    merged = Section({**raw.values, **scaling.values}, scaling.path)
    return merged.number("rope_theta", 1.0, 1e9, default=10_000.0)


def _stop_ids(folder: Path, raw: Section) -> frozenset[int]:
    """Read the end-of-text tokens, which ``generation_config.json`` may replace."""
    generation = folder / "generation_config.json"
    section = raw
    if generation.is_file():
        chosen = Section(read_object(generation), generation.name)
        section = chosen if chosen.values.get("eos_token_id") is not None else raw
    found = section.values.get("eos_token_id")
    listed = Section({"eos_token_id": found if isinstance(found, list) else [found]}, section.path)
    return frozenset(listed.integers("eos_token_id", most=64, low=0, high=1_048_575))


def _stored_dtypes(raw: Section) -> frozenset[str]:
    key = "dtype" if "dtype" in raw.values else "torch_dtype"
    if raw.values.get(key) is None:
        return frozenset(DTYPES.values())
    return frozenset({DTYPES[raw.choice(key, *DTYPES)]})
