"""What Whisper hears: the logarithm of a mel spectrogram over a fixed window of time.

As in Radford et al., 2022 (https://arxiv.org/abs/2212.04356, section 2.2); the mel scale is
that of Slaney's Auditory Toolbox, as librosa computes it.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.speech.config import HOP, RATE

SPECTRUM = 400
QUIETEST = 1e-10
RANGE = 8.0
# The scale is linear up to 1 kHz and logarithmic beyond.
_HERTZ_PER_MEL = 200 / 3
_KNEE = 1000 / _HERTZ_PER_MEL
_STEP = math.log(6.4) / 27


def log_mel(samples: Tensor, *, bins: int, frames: int) -> Tensor:
    """Return the spectrogram [bins, frames] of samples [time], followed by silence."""
    padded = F.pad(samples, (0, frames * HOP - len(samples)))
    window = torch.hann_window(SPECTRUM, device=samples.device)
    spectrum = torch.stft(padded, SPECTRUM, HOP, window=window, return_complex=True)
    power = spectrum[:, :frames].abs() ** 2
    levels = (mel_filters(bins).to(samples.device) @ power).clamp(min=QUIETEST).log10()
    return (torch.maximum(levels, levels.max() - RANGE) + 4) / 4


@lru_cache(maxsize=4)
def mel_filters(bins: int) -> Tensor:
    """Return triangles of equal area over the spectrum [bins, frequencies]."""
    frequencies = torch.linspace(0, RATE / 2, SPECTRUM // 2 + 1, dtype=torch.float64)
    mels = torch.linspace(0, _mel(RATE / 2), bins + 2, dtype=torch.float64)
    edges = torch.where(
        mels < _KNEE, mels * _HERTZ_PER_MEL, 1000 * torch.exp((mels - _KNEE) * _STEP)
    )
    widths = edges.diff()
    rising = (frequencies - edges[:-2, None]) / widths[:-1, None]
    falling = (edges[2:, None] - frequencies) / widths[1:, None]
    area = 2 / (edges[2:] - edges[:-2])
    return (torch.minimum(rising, falling).clamp(min=0) * area[:, None]).float()


def _mel(hertz: float) -> float:
    return _KNEE + math.log(hertz / 1000) / _STEP
