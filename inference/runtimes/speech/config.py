"""Reads and bounds ``config.json`` of a speech-to-text version. Torch-free.

The architecture is named as in the ``config.json`` of the ``transformers`` format of Whisper.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inference.runtimes.config_file import Section, read_config

RUNTIME = "speech-to-text"
RATE = 16_000
HOP = 160
# Of one position of the encoder, and so of one step between timestamps.
SECONDS_PER_POSITION = 2 * HOP / RATE
LONGEST_EXAMPLE = 256 * 1024
MOST_SUPPRESSED = 2_000


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """How probabilities of speech become spans; times in seconds."""

    threshold: float
    least_speech: float
    least_silence: float
    padding: float

    @classmethod
    def read(cls, config: Section) -> Self:
        """Read ``voice_activity``."""
        return cls(
            threshold=config.number("threshold", 0.05, 0.95, default=0.5),
            least_speech=config.number("least_speech", 0, 5, default=0.25),
            least_silence=config.number("least_silence", 0.05, 5, default=0.5),
            padding=config.number("padding", 0, 1, default=0.2),
        )


@dataclass(frozen=True, slots=True)
class TokenConfig:
    """The tokens that mean something other than text."""

    start: int
    end: int
    prompt: tuple[int, ...]
    no_timestamps: int
    suppressed: tuple[int, ...]
    suppressed_at_begin: tuple[int, ...]

    @property
    def first_timestamp(self) -> int:
        """Return the token of the time 0; those of later times follow it."""
        return self.no_timestamps + 1

    @classmethod
    def read(cls, config: Section, *, vocabulary: int, timestamps: int) -> Self:
        """Read the special tokens, which lie as in Whisper: text, end, others, timestamps."""
        end = config.integer("eos_token_id", 1, vocabulary - 1)

        def several(key: str) -> tuple[int, ...]:
            if not config.values.get(key):
                return ()
            return config.integers(key, most=MOST_SUPPRESSED, low=0, high=vocabulary - 1)

        return cls(
            start=config.integer("decoder_start_token_id", 0, vocabulary - 1),
            end=end,
            prompt=several("prompt_token_ids"),
            no_timestamps=config.integer(
                "no_timestamps_token_id", end + 1, vocabulary - 1 - timestamps
            ),
            suppressed=several("suppress_tokens"),
            suppressed_at_begin=several("begin_suppress_tokens"),
        )


@dataclass(frozen=True, slots=True)
class SpeechConfig:
    """The shape of one model; every number is within its bounds."""

    width: int
    encoder_layers: int
    encoder_heads: int
    encoder_inner: int
    decoder_layers: int
    decoder_heads: int
    decoder_inner: int
    vocabulary: int
    mel_bins: int
    source_positions: int
    target_positions: int
    longest_seconds: float
    tokens: TokenConfig
    voice: VoiceConfig
    example: str

    @property
    def window_seconds(self) -> float:
        """Return how much sound the encoder takes at once."""
        return self.source_positions * SECONDS_PER_POSITION

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read and check ``config.json``; raises ``BadModel``."""
        config = read_config(folder, runtime=RUNTIME)
        config.choice("model_type", "whisper")
        vocabulary = config.integer("vocab_size", 8, 200_000)
        positions = config.integer("max_source_positions", 16, 1500)
        width = config.integer("d_model", 2, 2048)
        return cls(
            width=width,
            encoder_layers=config.integer("encoder_layers", 1, 48),
            encoder_heads=_heads(config, "encoder_attention_heads", width),
            encoder_inner=config.integer("encoder_ffn_dim", 1, 8192),
            decoder_layers=config.integer("decoder_layers", 1, 48),
            decoder_heads=_heads(config, "decoder_attention_heads", width),
            decoder_inner=config.integer("decoder_ffn_dim", 1, 8192),
            vocabulary=vocabulary,
            mel_bins=config.integer("num_mel_bins", 8, 128),
            source_positions=positions,
            target_positions=config.integer("max_target_positions", 16, 4096),
            longest_seconds=config.number("longest_seconds", 1, 1800, default=300),
            tokens=TokenConfig.read(config, vocabulary=vocabulary, timestamps=positions + 1),
            voice=VoiceConfig.read(config.section("voice_activity")),
            example=_example(config),
        )


def _example(config: Section) -> str:
    """Read a short sound with speech in it, as base64; empty where there is none."""
    if "example_audio" not in config.values:
        return ""
    return config.text("example_audio", longest=LONGEST_EXAMPLE)


def _heads(config: Section, key: str, width: int) -> int:
    heads = config.integer(key, 1, 64)
    if width % heads:
        raise config.bad(key, "a divisor of d_model")
    return heads
