"""Reading of callers' sounds."""

import base64
import re
import struct
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.runtimes.base import Json, RuntimeRefusal
from inference.runtimes.sounds import (
    MOST_BYTES,
    MOST_PARTS,
    RATES,
    Sound,
    example_sound,
    read_sound,
    sound_schema,
    wav_bytes,
)
from tests.inference.runtimes.speech.sounds import silence, tone, wav, wav_file


def read(value: Json, longest: float = 20) -> Sound:
    return read_sound(value, longest_seconds=longest)


def refusal(value: Json, longest: float = 20) -> str:
    with pytest.raises(RuntimeRefusal) as caught:
        read(value, longest)
    assert caught.value.field == "audio"
    return str(caught.value)


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def changed(place: int, form: str, value: int) -> str:
    """Return a good file with one field of its header changed."""
    content = bytearray(wav_file(tone(0.1)))
    struct.pack_into(form, content, place, value)
    return encoded(bytes(content))


@pytest.mark.parametrize("rate", RATES)
def test_reads_the_common_rates(rate: int) -> None:
    sound = read(wav(tone(0.5, rate=rate), rate=rate))

    assert (sound.rate, len(sound.samples)) == (rate, rate // 2)
    assert sound.seconds == pytest.approx(0.5, abs=1e-4)
    assert sound.samples == pytest.approx(tone(0.5, rate=rate), abs=1e-4)


def test_mixes_two_channels_into_one() -> None:
    both = np.stack([tone(0.1), silence(0.1)], axis=1).ravel()

    assert read(wav(both, channels=2)).samples == pytest.approx(tone(0.1) / 2, abs=1e-4)


@pytest.mark.parametrize("kind", ["wav", "x-wav", "wave", "vnd.wave", "WAV", "wav;codecs=1"])
def test_reads_a_data_uri(kind: str) -> None:
    assert read(f"data:audio/{kind};base64,{wav(tone(0.1))}").seconds == 0.1


def test_reads_the_extensible_form_and_passes_over_other_parts() -> None:
    form = struct.pack("<HHIIHH", 0xFFFE, 1, 8000, 16000, 2, 16) + struct.pack(
        "<HHIH14s", 22, 16, 4, 1, b""
    )
    parts = [(b"LIST", b"odd"), (b"fmt ", form), (b"fact", b"1234"), (b"data", b"\1\0\2\0")]
    body = b"".join(
        struct.pack("<4sI", name, len(one)) + one + b"\0" * (len(one) % 2) for name, one in parts
    )

    sound = read(encoded(struct.pack("<4sI4s", b"RIFF", len(body) + 4, b"WAVE") + body))

    assert (sound.samples * 32768).tolist() == [1.0, 2.0]


def test_reads_what_was_written_before_its_length_was_known() -> None:
    assert read(changed(40, "<I", 0xFFFFFFFF)).seconds == 0.1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "Give a sound"),
        (7, "Give a sound"),
        ("", "Give a sound"),
        ("%%%", "not valid base64"),
        ("data:audio/mpeg;base64,SUQz", "Only data:audio/wav"),
        (encoded(b"ID3 is no WAV file"), "not a WAV file"),
        (encoded(b"RIFF"), "not a WAV file"),
        (encoded(wav_file(tone(0.1))[:30]), "cut off"),
        (encoded(wav_file(tone(0.1))[:44]), "cut off: 0 of 3200"),
        (encoded(wav_file(tone(0.1))[:-1000]), "cut off: 2200 of 3200"),
        (wav(silence(0)), "holds no sound"),
        (changed(20, "<H", 3), "16-bit PCM"),
        (changed(34, "<H", 24), "16-bit PCM"),
        (changed(22, "<H", 0), "0 channels"),
        (changed(22, "<H", 6), "6 channels"),
        (changed(24, "<I", 0), "0 samples a second"),
        (changed(24, "<I", 44_101), "44101 samples a second"),
        (changed(16, "<I", 0xFFFFFFF0), "16-bit PCM|cut off"),
        (wav(silence(20.1, rate=8000), rate=8000), r"lasts 20\.1 s; at most 20 s"),
    ],
)
def test_says_why_a_sound_is_not_taken(value: Json, reason: str) -> None:
    assert re.search(reason, refusal(value))


def test_a_file_of_nothing_but_empty_parts_is_left_early() -> None:
    parts = struct.pack("<4sI", b"junk", 0) * (MOST_PARTS + 1)
    content = wav_file(tone(0.1))

    assert "holds no sound" in refusal(encoded(content[:12] + parts + content[12:]))


@given(st.binary(max_size=60), st.integers(0, 60))
def test_damaged_files_are_refused_and_never_break_the_reader(damage: bytes, place: int) -> None:
    content = bytearray(wav_file(tone(0.01)))
    content[place : place + len(damage)] = damage

    with suppress(RuntimeRefusal):
        sound = read(encoded(bytes(content)))
        assert 0 < len(sound.samples) < 400
        assert abs(sound.samples).max() <= 1


def test_a_sound_too_large_is_refused_before_it_is_decoded() -> None:
    text = "A" * (MOST_BYTES * 4 // 3 + 2000)

    tracemalloc.start()
    said = refusal(text, longest=1e6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "larger than" in said
    assert peak < MOST_BYTES / 10


def test_a_sound_too_long_is_refused_before_it_becomes_numbers() -> None:
    text = wav(silence(60))

    tracemalloc.start()
    refusal(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 3 * len(text)


def test_its_schema_states_the_bounds() -> None:
    schema = sound_schema(description="A memo.")

    assert schema["contentMediaType"] == "audio/wav"
    assert "10 MB" in schema["description"]
    assert len(wav_bytes(bytes(MOST_BYTES - 44), rate=8000)) == MOST_BYTES
    assert schema["maxLength"] >= len("data:audio/wav;base64,") + MOST_BYTES * 4 / 3


def test_its_example_can_be_read() -> None:
    assert read(example_sound()).seconds == 0.25
