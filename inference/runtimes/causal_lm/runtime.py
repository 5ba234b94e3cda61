"""Names the two runtimes of this package and reads what their versions take. Torch-free."""

from pathlib import Path

from inference.runtimes.base import Runtime, Signature
from inference.runtimes.causal_lm.chat import read_template
from inference.runtimes.causal_lm.config import (
    LORA_RUNTIME,
    RUNTIME,
    read_causal_lm_config,
    read_lora_config,
)
from inference.runtimes.causal_lm.request import (
    EXAMPLE,
    OUTPUT_SCHEMA,
    input_schema,
    read_defaults,
)


class CausalLmRuntime(Runtime):
    """Serves Llama-family chat models."""

    name = RUNTIME
    loader = "inference.runtimes.causal_lm.loaded.CausalLm"
    required_files = (
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    )
    optional_files = ("generation_config.json", "special_tokens_map.json")

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        """Read the signature of the version in ``folder``; raises ``BadModel``."""
        read_causal_lm_config(folder)
        read_template(folder)
        return _signature(folder)


class CausalLmLoraRuntime(Runtime):
    """Serves low-rank adapters of such models, on a base that is resident once."""

    name = LORA_RUNTIME
    loader = "inference.runtimes.causal_lm.loaded.LoraCausalLm"
    optional_files = ("generation_config.json", "training_record.json")

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        """Read the signature of the adapter in ``folder``; raises ``BadModel``."""
        read_lora_config(folder)
        return _signature(folder)


def _signature(folder: Path) -> Signature:
    return Signature(
        task="text-generation",
        input_schema=input_schema(read_defaults(folder)),
        output_schema=OUTPUT_SCHEMA,
        meters=("input_tokens", "output_tokens", "requests"),
        example=EXAMPLE,
        streams=True,
    )
