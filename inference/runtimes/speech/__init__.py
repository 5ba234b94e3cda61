"""Speech to text: Whisper behind Silero's voice activity detection, in one version."""

from pathlib import Path

from inference.runtimes.base import Runtime, Schema, Signature
from inference.runtimes.sounds import example_sound, sound_schema
from inference.runtimes.speech.config import RUNTIME, SpeechConfig


class SpeechRuntime(Runtime):
    """Serves ``speech-to-text`` versions."""

    name = RUNTIME
    loader = "inference.runtimes.speech.model.SpeechToText"
    required_files = ("config.json", "model.safetensors", "tokenizer.json")

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        """Read the signature of the version in ``folder``; raises ``BadModel``."""
        config = SpeechConfig.read(folder)
        return Signature(
            task="speech-recognition",
            input_schema=_input_schema(config),
            output_schema=_output_schema(),
            meters=("audio_ms",),
            example={"audio": config.example or example_sound()},
            streams=True,
        )


def _input_schema(config: SpeechConfig) -> Schema:
    return {
        "type": "object",
        "title": "Sound to transcribe",
        "properties": {
            "audio": sound_schema(
                description="The recording to write down, at most "
                f"{config.longest_seconds:g} seconds long."
            )
        },
        "required": ["audio"],
        "additionalProperties": False,
    }


def _output_schema() -> Schema:
    return {
        "type": "object",
        "title": "Transcript",
        "properties": {
            "text": {"type": "string", "title": "All that was said; empty when nothing was"},
            "segments": {
                "type": "array",
                "title": "The text in pieces, with the second each begins and ends",
                "items": _span({"text": {"type": "string", "title": "What was said"}}),
            },
            "speech": {
                "type": "array",
                "title": "Where there is speech, in seconds",
                "items": _span({}),
            },
            "seconds": {"type": "number", "title": "Length of the sound", "minimum": 0},
        },
        "required": ["text", "segments", "speech", "seconds"],
        "additionalProperties": False,
    }


def _span(more: Schema) -> Schema:
    second: Schema = {"type": "number", "minimum": 0}
    return {
        "type": "object",
        "properties": {
            "start": second | {"title": "Second it begins"},
            "end": second | {"title": "Second it ends"},
            **more,
        },
        "required": ["start", "end", *more],
        "additionalProperties": False,
    }
