"""Parameter-free parts of the forecaster: seasons, and where a step lies in time.

Reimplements, in fewer words, the period detector and the encodings of TinyCast and Fracast
(both Apache-2.0; see THIRD_PARTY_NOTICES.md).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

RECENCY_FEATURES = 5


def significant_periods(values: Tensor, *, most: int, shortest: int, significance: float) -> Tensor:
    """Return the strongest periods of each row in steps, 0 where fewer are significant.

    A peak of the periodogram counts when its share of the power is improbable for white
    noise, after a Bonferroni correction for the number of frequencies.
    """
    length = values.shape[1]
    padded = 1 << math.ceil(math.log2(max(2, length)))
    power = torch.fft.rfft(values - values.mean(1, keepdim=True), n=padded).abs().square()[:, 1:]
    share = power / power.sum(1, keepdim=True).clamp(min=1e-12)
    bins = share.shape[1]
    lowest = max(0, padded // max(2, length // 2) - 1)
    highest = min(bins - 1, max(0, padded // max(2, shortest) - 1))
    middle = share[:, 1:-1]
    is_peak = F.pad((middle > share[:, :-2]) & (middle > share[:, 2:]), (1, 1))
    is_peak[:, :lowest] = False
    is_peak[:, highest + 1 :] = False
    is_peak &= share >= math.log(max(2, bins) / significance) / max(2, bins)
    scores, places = share.where(is_peak, -math.inf).topk(min(most, bins), dim=1)
    periods = torch.round(padded / (places + 1).float()).long()
    return F.pad(periods.where(scores.isfinite(), 0), (0, most - min(most, bins)))


def with_gaps_filled(values: Tensor, known: Tensor) -> Tensor:
    """Put the mean of the known values of a row where none is known."""
    total = values.where(known, 0.0).sum(1, keepdim=True)
    return values.where(known, total / known.sum(1, keepdim=True).clamp(min=1))


def phases(length: int, periods: Tensor) -> Tensor:
    """Return sine and cosine of each step's place in each period; zero for no period."""
    positions = torch.arange(length, device=periods.device).view(1, length, 1).float()
    angle = 2 * math.pi * positions / periods.clamp(min=1).unsqueeze(1).float()
    waves = torch.stack([angle.sin(), angle.cos()], dim=-1)
    return (waves * (periods > 0)[:, None, :, None]).flatten(2)


def recency(positions: Tensor, length: int) -> Tensor:
    """Return bounded measures of how far each position lies from the last known step."""
    distance = (positions.float() - (length - 1)) / length
    size = distance.abs()
    logarithmic = distance.sign() * size.log1p() / math.log(2)
    decays = [torch.exp(-rate * size) for rate in (0.5, 2.0, 8.0)]
    return torch.stack([distance, logarithmic, *decays], dim=-1)


def seasonal_guess(
    values: Tensor, known: Tensor, ahead: Tensor, period: Tensor, bins: int
) -> Tensor:
    """Guess future steps by the mean of past steps in the same part of the main period."""
    weights = known.to(values.dtype)
    length = period.clamp(min=1).float()
    past = torch.arange(values.shape[1], device=values.device).view(1, -1).float()
    parts = F.one_hot(_part(past, length, bins), bins).to(values.dtype) * weights.unsqueeze(-1)
    counts = parts.sum(1)
    totals = torch.bmm(parts.transpose(1, 2), values.unsqueeze(-1)).squeeze(-1)
    overall = (values * weights).sum(1, keepdim=True) / weights.sum(1, keepdim=True).clamp(min=1)
    means = torch.where(counts > 0, totals / counts.clamp(min=1), overall)
    return means.gather(1, _part(ahead.float(), length, bins))


def _part(positions: Tensor, length: Tensor, bins: int) -> Tensor:
    return ((positions % length) / length * bins).long().clamp(max=bins - 1)
