"""Sounds for tests, as WAV files in base64."""

import base64

import numpy as np
from numpy.typing import NDArray

from inference.runtimes.sounds import wav_bytes

Wave = NDArray[np.float64]


def tone(seconds: float, *, rate: int = 16_000, hertz: float = 440.0) -> Wave:
    """Return a tone of half the loudest level."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def silence(seconds: float, *, rate: int = 16_000) -> Wave:
    return np.zeros(round(seconds * rate))


def wav(*parts: Wave, rate: int = 16_000, channels: int = 1) -> str:
    """Return parts one after the other, each of interleaved channels."""
    return base64.b64encode(wav_file(*parts, rate=rate, channels=channels)).decode()


def wav_file(*parts: Wave, rate: int = 16_000, channels: int = 1) -> bytes:
    frames = (np.concatenate(parts) * 32767).astype("<i2")
    return wav_bytes(frames.tobytes(), rate=rate, channels=channels)
