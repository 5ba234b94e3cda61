"""Reads callers' sounds: WAV files of 16-bit PCM, bounded, parsed once. Torch-free."""

import base64
import io
import re
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.runtimes.base import Json, RuntimeRefusal, Schema
from inference.runtimes.encoded import EncodedKind, read_encoded

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000)
MOST_BYTES = 10 * 1024 * 1024
MOST_CHANNELS = 2
# A file holds a handful; one made of empty parts must not keep a worker busy.
MOST_PARTS = 1000
_SOUND = EncodedKind(
    noun="a sound",
    prefix=re.compile(
        r"data:audio/(?:wav|wave|x-wav|vnd\.wave)(?:;codecs=[\w\"]+)?;base64,", re.IGNORECASE
    ),
    readable="data:audio/wav",
    most_bytes=MOST_BYTES,
)
_PCM, _EXTENSIBLE = 1, 0xFFFE
# What programs write that do not know the length yet when they begin.
_UNKNOWN_SIZES = (0, 0xFFFFFFFF, 0x7FFFFFFF)
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples of one channel from -1 to 1, and how many of them make a second."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """Return how long it lasts."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class _Format:
    channels: int
    rate: int


def read_sound(value: Json, *, longest_seconds: float, field: str = "audio") -> Sound:
    """Decode a data URI or bare base64 text of a WAV file, two channels mixed into one.

    Raises ``RuntimeRefusal`` for anything but 16-bit PCM of one or two channels, at one of
    ``RATES``, whole, not empty and at most ``longest_seconds`` long.
    """
    content = read_encoded(value, _SOUND, field=field)
    try:
        form, data = _parse(content)
    except _NotRead as reason:
        raise RuntimeRefusal(field, str(reason)) from None
    seconds = len(data) / (2 * form.channels * form.rate)
    if seconds > longest_seconds:
        raise RuntimeRefusal(
            field, f"The sound lasts {seconds:.1f} s; at most {longest_seconds:g} s are taken."
        )
    frames = np.frombuffer(data, dtype="<i2").reshape(-1, form.channels)
    return Sound(frames.mean(axis=1, dtype=np.float32) / np.float32(32768), form.rate)


def sound_schema(*, description: str) -> Schema:
    """Return the JSON Schema of a sound field."""
    return {
        "type": "string",
        "title": "Sound",
        "description": f"{description} A WAV file of 16-bit PCM with one or two channels, "
        f"{RATES[0]} to {RATES[-1]} Hz and at most {MOST_BYTES // 1024 // 1024} MB, as a data "
        "URI or as base64.",
        "contentEncoding": "base64",
        "contentMediaType": "audio/wav",
        "minLength": 1,
        "maxLength": _SOUND.longest_text,
    }


def example_sound() -> str:
    """Return a quarter of a second of a tone as a data URI."""
    time = np.arange(2000) / 8000
    tone = (np.sin(2 * np.pi * 440 * time) * 8000).astype("<i2")
    return as_data_uri(wav_bytes(tone.tobytes(), rate=8000))


def wav_bytes(frames: bytes, *, rate: int, channels: int = 1) -> bytes:
    """Return the WAV file of interleaved 16-bit frames."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames)
    return buffer.getvalue()


def as_data_uri(content: bytes) -> str:
    """Return a WAV file as text."""
    return "data:audio/wav;base64," + base64.b64encode(content).decode()


class _NotRead(Exception):
    """Why a file is not taken, in words for its sender."""


def _parse(content: bytes) -> tuple[_Format, memoryview]:
    """Return the format and the frames of a WAV file."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise _NotRead("The sound is not a WAV file.")
    form: _Format | None = None
    for name, size, body in _chunks(content):
        if name == b"fmt ":
            form = _read_format(bytes(body))
        elif name == b"data":
            if form is None:
                break
            return form, _frames(body, size, form)
    raise _NotRead("The WAV file is cut off: it holds no sound.")


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, memoryview]]:
    """Yield the name, the stated size and the bytes at hand of each part of a RIFF file."""
    whole, place = memoryview(content), 12
    for _ in range(MOST_PARTS):
        if place + 8 > len(content):
            return
        name, size = struct.unpack_from("<4sI", content, place)
        yield name, size, whole[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _read_format(body: bytes) -> _Format:
    if len(body) < 16:
        raise _NotRead("The WAV file is cut off: its format is not whole.")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if code == _EXTENSIBLE and len(body) >= 26:
        (code,) = struct.unpack_from("<H", body, 24)
    if code != _PCM or bits != 16:
        raise _NotRead("The WAV file does not hold 16-bit PCM.")
    if not 1 <= channels <= MOST_CHANNELS:
        raise _NotRead(f"The sound has {channels} channels; one or two are taken.")
    if rate not in RATES:
        known = ", ".join(str(one) for one in RATES)
        raise _NotRead(f"The sound has {rate} samples a second; known are {known}.")
    return _Format(channels, rate)


def _frames(body: memoryview, size: int, form: _Format) -> memoryview:
    width = 2 * form.channels
    if size not in _UNKNOWN_SIZES and len(body) < size:
        raise _NotRead(f"The WAV file is cut off: {len(body)} of {size} bytes of sound are there.")
    whole = body[: len(body) // width * width]
    if not whole:
        raise _NotRead("The WAV file holds no sound.")
    return whole
