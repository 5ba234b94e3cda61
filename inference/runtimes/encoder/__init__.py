"""Sentence encoders of the BERT family: texts in, one vector for each text out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inference.runtimes.base import Runtime, Schema, Signature
from inference.runtimes.config_file import read_config

MOST_TEXTS = 64
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """The architecture of an encoder, named as in its upstream ``config.json``."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    vocab_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float
    hidden_act: str
    pad_token_id: int
    max_sequence_length: int
    pooling: str
    normalize: bool

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read and check ``config.json``; raises ``BadModel``."""
        config = read_config(folder, runtime="encoder")
        config.choice("position_embedding_type", "absolute", default="absolute")
        positions = config.integer("max_position_embeddings", 2, 8192)
        vocabulary = config.integer("vocab_size", 1, 500_000)
        heads = config.integer("num_attention_heads", 1, 64)
        hidden = config.integer("hidden_size", heads, 4096)
        if hidden % heads:
            raise config.bad("hidden_size", "a multiple of num_attention_heads")
        return cls(
            hidden_size=hidden,
            num_hidden_layers=config.integer("num_hidden_layers", 1, 48),
            num_attention_heads=heads,
            intermediate_size=config.integer("intermediate_size", 1, 16_384),
            vocab_size=vocabulary,
            max_position_embeddings=positions,
            type_vocab_size=config.integer("type_vocab_size", 1, 16, default=2),
            layer_norm_eps=config.number("layer_norm_eps", 1e-14, 1e-2, default=1e-12),
            hidden_act=config.choice("hidden_act", "gelu", "gelu_new", "relu", default="gelu"),
            pad_token_id=config.integer("pad_token_id", 0, vocabulary - 1, default=0),
            max_sequence_length=config.integer(
                "max_sequence_length", 2, positions, default=positions
            ),
            pooling=config.choice("pooling", "mean", "cls", default="mean"),
            normalize=config.flag("normalize", default=True),
        )


class EncoderRuntime(Runtime):
    """Serves ``encoder`` versions."""

    name = "encoder"
    loader = "inference.runtimes.encoder.model.Encoder"
    required_files = ("config.json", "model.safetensors", "tokenizer.json")

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        config = EncoderConfig.read(folder)
        return Signature(
            task="sentence-embeddings",
            input_schema=_input_schema(config),
            output_schema=_output_schema(config),
            meters=("input_tokens",),
            example={
                "texts": [
                    "How do I cancel my subscription?",
                    "I want to stop my monthly plan",
                ]
            },
        )


def _input_schema(config: EncoderConfig) -> Schema:
    return {
        "type": "object",
        "title": "Texts to embed",
        "properties": {
            "texts": {
                "type": "array",
                "title": "Texts",
                "description": "Each text becomes one vector. A text longer than "
                f"{config.max_sequence_length} tokens is cut there.",
                "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
                "minItems": 1,
                "maxItems": MOST_TEXTS,
            }
        },
        "required": ["texts"],
        "additionalProperties": False,
    }


def _output_schema(config: EncoderConfig) -> Schema:
    length = config.hidden_size
    return {
        "type": "object",
        "title": "Embeddings",
        "properties": {
            "embeddings": {
                "type": "array",
                "title": "Embeddings",
                "description": f"One vector of {length} numbers for each text, in the same order.",
                "items": {
                    "type": "array",
                    "items": {"type": "number"},
                    "minItems": length,
                    "maxItems": length,
                },
            }
        },
        "required": ["embeddings"],
        "additionalProperties": False,
    }
