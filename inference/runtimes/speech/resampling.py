"""Changes how many samples make a second, by a bank of windowed sinc filters.

See J. O. Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample/.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

ZERO_CROSSINGS = 6
# Of the lower of the two bands: a short filter lets a little of what lies above pass.
PASSED = 0.99


def resample(samples: Tensor, source: int, target: int) -> Tensor:
    """Return samples [time] taken ``source`` times a second as if taken ``target`` times."""
    if source == target:
        return samples
    common = math.gcd(source, target)
    source, target = source // common, target // common
    filters, reach = _filters(source, target)
    padded = F.pad(samples[None, None], (reach, reach + source))
    phases = F.conv1d(padded, filters.to(samples.device), stride=source)
    length = -(-len(samples) * target // source)
    return phases[0].T.reshape(-1)[:length]


@lru_cache(maxsize=32)
def _filters(source: int, target: int) -> tuple[Tensor, int]:
    """Return one filter for each phase of the output [target, 1, taps], and their reach."""
    band = min(source, target) * PASSED
    reach = math.ceil(ZERO_CROSSINGS * source / band)
    taps = torch.arange(-reach, reach + source, dtype=torch.float64) / source
    phases = torch.arange(target, dtype=torch.float64) / target
    time = ((taps[None] - phases[:, None]) * band).clamp(-ZERO_CROSSINGS, ZERO_CROSSINGS)
    window = torch.cos(time * math.pi / ZERO_CROSSINGS / 2) ** 2
    return (torch.sinc(time) * window * band / source).float()[:, None], reach
