"""Resampling and the mel spectrogram, against slow arithmetic."""

import cmath
import math

import numpy as np
import pytest
import torch

from inference.runtimes.speech.mel import log_mel, mel_filters
from inference.runtimes.speech.resampling import resample
from tests.inference.runtimes.speech.sounds import tone


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 24000, 44100, 48000, 96000])
def test_a_tone_stays_the_same_tone(rate: int) -> None:
    source = torch.from_numpy(tone(0.5, rate=rate)).float()

    found = resample(source, rate, 16_000)

    wanted = tone(0.5)[: len(found)]
    assert len(found) == pytest.approx(8000, abs=1)
    assert found[200:-200].numpy() == pytest.approx(wanted[200:-200], abs=4e-3)


def test_what_the_lower_rate_cannot_hold_is_left_out() -> None:
    shrill = torch.from_numpy(tone(0.5, rate=44_100, hertz=15_000)).float()

    assert resample(shrill, 44_100, 16_000)[200:-200].abs().max() < 0.01


def test_the_same_rate_changes_nothing() -> None:
    samples = torch.rand(100)

    assert resample(samples, 16_000, 16_000) is samples


def test_filters_are_slaneys_triangles() -> None:
    filters = mel_filters(80)

    # The first values of librosa.filters.mel(sr=16000, n_fft=400, n_mels=80).
    assert filters.shape == (80, 201)
    assert filters[0, 1].item() == pytest.approx(0.02486259, abs=1e-7)
    assert filters[1, 1].item() == pytest.approx(0.00199082, abs=1e-7)
    areas = filters.sum(dim=1) * 40
    assert areas[40:].tolist() == pytest.approx([1.0] * 40, abs=0.1)


def test_a_spectrogram_is_what_a_slow_transform_gives() -> None:
    samples = torch.rand(800, generator=torch.Generator().manual_seed(1)) - 0.5

    found = log_mel(samples, bins=20, frames=8)

    wanted = slow_log_mel(samples.tolist(), bins=20, frames=8)
    assert found.shape == (20, 8)
    assert found.numpy() == pytest.approx(wanted, abs=1e-3)


def slow_log_mel(samples: list[float], *, bins: int, frames: int) -> np.ndarray:
    """Add up every term of every transform."""
    whole = samples + [0.0] * (frames * 160 - len(samples))
    mirrored = whole[200:0:-1] + whole + whole[-2:-202:-1]
    filters = mel_filters(bins).tolist()
    levels = np.empty((bins, frames))
    for frame in range(frames):
        part = [
            mirrored[frame * 160 + i] * (0.5 - 0.5 * math.cos(2 * math.pi * i / 400))
            for i in range(400)
        ]
        power = [
            abs(sum(x * cmath.exp(-2j * math.pi * k * i / 400) for i, x in enumerate(part))) ** 2
            for k in range(201)
        ]
        for row, weights in enumerate(filters):
            energy = sum(w * p for w, p in zip(weights, power, strict=True))
            levels[row, frame] = math.log10(max(energy, 1e-10))
    return (np.maximum(levels, levels.max() - 8) + 4) / 4
