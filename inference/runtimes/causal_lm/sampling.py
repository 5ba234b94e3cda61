"""Picks the next token of one row: the same seed and scores give the same choice."""

import secrets

import torch
from torch import Tensor

from inference.runtimes.base import BadModel
from inference.runtimes.causal_lm.request import Sampling

_CANDIDATES = 256


class Sampler:
    """Draws tokens with a generator of its own, on the CPU wherever the model runs."""

    def __init__(self, sampling: Sampling) -> None:
        seed = secrets.randbits(63) if sampling.seed is None else sampling.seed
        self._sampling = sampling
        self._generator = torch.Generator().manual_seed(seed)

    def pick(self, scores: Tensor) -> int:
        """Choose from the scores of the whole vocabulary, a vector of 32-bit floats."""
        if not bool(torch.isfinite(scores).all()):
            raise BadModel("The model computed scores that are not finite.")
        if self._sampling.temperature == 0.0:
            return int(scores.argmax())
        shares = (scores.double() / self._sampling.temperature).softmax(0)
        if self._sampling.top_p >= 1.0 and self._sampling.top_k is None:
            return self._draw(shares)
        shares, tokens = self._nucleus(shares)
        return int(tokens[self._draw(shares)])

    def _nucleus(self, shares: Tensor) -> tuple[Tensor, Tensor]:
        """Keep the fewest best tokens that reach ``top_p``, at most ``top_k``."""
        size = shares.shape[0]
        limit = min(self._sampling.top_k or size, size)
        best, tokens = shares.topk(min(limit, _CANDIDATES))
        if best.shape[0] < limit and float(best.sum()) < self._sampling.top_p:
            best, tokens = shares.topk(limit)
        before = best.cumsum(0) - best
        keep = max(1, int((before < self._sampling.top_p).sum()))
        return best[:keep], tokens[:keep]

    def _draw(self, shares: Tensor) -> int:
        sums = shares.cumsum(0)
        point = torch.rand(1, generator=self._generator, dtype=torch.float64) * sums[-1]
        place = int(torch.searchsorted(sums, point, right=True))
        return min(place, shares.shape[0] - 1)
