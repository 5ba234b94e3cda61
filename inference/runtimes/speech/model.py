"""A resident speech-to-text version: finds speech, writes it down window by window."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch
from tokenizers import Tokenizer
from torch import Tensor

from inference.runtimes.base import (
    Json,
    LoadedModel,
    RunRequest,
    RunResult,
    RuntimeRefusal,
)
from inference.runtimes.causal_lm.chat import read_tokenizer
from inference.runtimes.inputs import refuse_unknown
from inference.runtimes.sounds import read_sound
from inference.runtimes.speech.config import HOP, RATE, SpeechConfig
from inference.runtimes.speech.decoding import Rules, pieces_of, resume_at, write
from inference.runtimes.speech.mel import log_mel
from inference.runtimes.speech.network import Decoder, Encoder, whisper_shapes
from inference.runtimes.speech.resampling import resample
from inference.runtimes.speech.spans import Span, speech_spans, windows_of
from inference.runtimes.speech.transcript import Transcript
from inference.runtimes.speech.voice import VoiceActivity, voice_shapes
from inference.runtimes.tensor_file import load_floats

# Whatever is left of a window is not heard again when it is shorter than this.
LEAST_REST_SECONDS = 1.0


def expected_shapes(config: SpeechConfig) -> dict[str, tuple[int, ...]]:
    """List every tensor that ``model.safetensors`` must hold, with its shape."""
    return whisper_shapes(config) | voice_shapes()


class SpeechToText(LoadedModel):
    """Takes one recording at a time; the windows of a long one follow each other."""

    def __init__(
        self, config: SpeechConfig, weights: dict[str, Tensor], tokenizer: Tokenizer, device: str
    ) -> None:
        voice = {name: weights.pop(name) for name in voice_shapes()}
        self._config = config
        self._weights = weights
        self._voice_bytes = sum(one.nbytes for one in voice.values())
        self._tokenizer = tokenizer
        self._device = device
        self._voice = VoiceActivity(voice)
        self._encoder = Encoder(config, weights)
        self._decoder = Decoder(config, weights)
        self._rules = Rules(config.tokens, config.vocabulary, device)

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        """Load the version in ``folder``; raises ``BadModel``."""
        config = SpeechConfig.read(folder)
        path = folder / "tokenizer.json"
        tokenizer = read_tokenizer(path, vocab_size=config.tokens.first_timestamp)
        weights = load_floats(folder, expected_shapes(config), device=device)
        return cls(config, weights, tokenizer, device)

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the weights."""
        return self._voice_bytes + sum(one.nbytes for one in self._weights.values())

    def run(self, batch: Sequence[RunRequest]) -> list[RunResult | Exception]:
        """Transcribe each request; a refused one does not disturb the others."""
        results: list[RunResult | Exception] = []
        for request in batch:
            try:
                results.append(self._answer(request))
            except RuntimeRefusal as refusal:
                results.append(refusal)
        return results

    @torch.inference_mode()
    def _answer(self, request: RunRequest) -> RunResult:
        started = time.perf_counter()
        refuse_unknown(request.input, ("audio",))
        sound = read_sound(request.input.get("audio"), longest_seconds=self._config.longest_seconds)
        samples = resample(torch.from_numpy(sound.samples).to(self._device), sound.rate, RATE)
        probabilities = self._voice.probabilities(samples).tolist()
        speech = speech_spans(probabilities, sound.seconds, self._config.voice)
        transcript = Transcript(self._decode, request.emit)
        heard = 0.0
        for window in windows_of(speech, probabilities, self._config.window_seconds):
            if request.is_canceled():
                break
            self._hear(samples, window, transcript, request)
            heard = window.end
        transcript.finish()
        is_canceled = request.is_canceled()
        timings = {"compute": (time.perf_counter() - started) * 1000}
        if transcript.first_output_at is not None:
            timings["first_output"] = (transcript.first_output_at - started) * 1000
        return RunResult(
            output=_output(transcript, speech, sound.seconds),
            usage={"audio_ms": round((heard if is_canceled else sound.seconds) * 1000)},
            finish_reason="canceled" if is_canceled else "stop",
            timings_ms=timings,
        )

    def _hear(
        self, samples: Tensor, window: Span, transcript: Transcript, request: RunRequest
    ) -> None:
        """Write a window down; where the model stopped early, the rest is heard on its own."""
        rest: Span | None = window
        while rest is not None:
            written = self._write(samples, rest, transcript, request)
            for piece in pieces_of(written, self._config.tokens):
                end = rest.end if piece.end is None else min(rest.start + piece.end, rest.end)
                transcript.add(piece.tokens, min(rest.start + piece.start, end), end)
            later = resume_at(written, self._config.tokens)
            rest = Span(rest.start + later, rest.end) if later else None
            if request.is_canceled() or (rest and rest.seconds < LEAST_REST_SECONDS):
                return

    def _write(
        self, samples: Tensor, window: Span, transcript: Transcript, request: RunRequest
    ) -> list[int]:
        part = samples[round(window.start * RATE) : round(window.end * RATE)]
        frames = 2 * self._config.source_positions
        part = part[: frames * HOP]
        states = self._encoder(log_mel(part, bins=self._config.mel_bins, frames=frames))
        first_timestamp = self._config.tokens.first_timestamp
        transcript.begin_window()
        return write(
            self._decoder,
            states,
            self._config.tokens,
            self._rules,
            is_canceled=request.is_canceled,
            listen=lambda token: transcript.hear(token) if token < first_timestamp else None,
        )

    def _decode(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=True)
        return text


def _output(transcript: Transcript, speech: Sequence[Span], seconds: float) -> Json:
    return {
        "text": transcript.text.strip(),
        "segments": [
            {"start": round(one.start, 2), "end": round(one.end, 2), "text": one.text}
            for one in transcript.segments
        ],
        "speech": [{"start": round(one.start, 2), "end": round(one.end, 2)} for one in speech],
        "seconds": round(seconds, 3),
    }
