"""Keys and values of rows in progress, and the two ways to attend over them."""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from inference.runtimes.causal_lm.model import Decoder

# Attention over a window of a multiple of this many slots gives a row the same bits whatever
# window its neighbors need: kernels work in blocks that divide it.
BLOCK = 64


class KvCache:
    """Slots for the keys and values of some rows, each filled from its own start.

    Row ``n`` lies at place ``n``; a row that leaves is replaced by the last one.
    """

    def __init__(self, decoder: Decoder, rows: int) -> None:
        self.lengths: list[int] = []
        self._decoder = decoder
        self._rows = rows
        self._keys = self._allocate(0)
        self._values = self._allocate(0)

    @property
    def capacity(self) -> int:
        """Return how many tokens each row has room for."""
        return self._keys.shape[3]

    def add_row(self, room: int) -> int:
        """Open an empty row with room for so many tokens and return its place."""
        if room > self.capacity:
            self._grow(blocks(room))
        self.lengths.append(0)
        return len(self.lengths) - 1

    def remove_row(self, place: int) -> None:
        """Drop a row; the last row moves to its place."""
        last = len(self.lengths) - 1
        used = self.lengths[last]
        if place != last:
            for slots in (self._keys, self._values):
                slots[:, place, :, :used] = slots[:, last, :, :used]
        self.lengths[place] = used
        self.lengths.pop()

    def write_prompt(self, layer: int, place: int, keys: Tensor, values: Tensor) -> None:
        """Store what a row's prompt left at one layer, as [heads, time, size]."""
        end = keys.shape[1]
        self._keys[layer, place, :, :end] = keys
        self._values[layer, place, :, :end] = values

    def write_step(
        self, layer: int, places: Tensor, positions: Tensor, keys: Tensor, values: Tensor
    ) -> None:
        """Store one token of every row at one layer, as [rows, heads, size]."""
        self._keys[layer, places, :, positions] = keys
        self._values[layer, places, :, positions] = values

    def window(self, layer: int, width: int) -> tuple[Tensor, Tensor]:
        """Return the first ``width`` slots of all rows at one layer."""
        rows = len(self.lengths)
        return self._keys[layer, :rows, :, :width], self._values[layer, :rows, :, :width]

    def _grow(self, capacity: int) -> None:
        for name in ("_keys", "_values"):
            old: Tensor = getattr(self, name)
            new = self._allocate(capacity)
            rows = len(self.lengths)
            new[:, :rows, :, : old.shape[3]] = old[:, :rows]
            setattr(self, name, new)

    def _allocate(self, capacity: int) -> Tensor:
        # Zeros, because a masked slot is still multiplied: whatever lies there must be finite.
        config = self._decoder.config
        shape = (config.layers, self._rows, config.kv_heads, capacity, config.head_dim)
        return torch.zeros(shape, dtype=self._decoder.dtype, device=self._decoder.device)


class PromptAttention:
    """Causal attention within the tokens at hand; fills a row of a cache when given one."""

    def __init__(self, cache: KvCache | None = None, place: int = 0) -> None:
        self._cache = cache
        self._place = place

    def __call__(self, layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        if self._cache is not None:
            self._cache.write_prompt(layer, self._place, keys[0], values[0])
        return F.scaled_dot_product_attention(
            queries, keys, values, is_causal=True, enable_gqa=True
        )


class StepAttention:
    """Attention of one new token per row over that row's cache."""

    def __init__(self, cache: KvCache, device: torch.device, dtype: torch.dtype) -> None:
        self.positions = torch.tensor(cache.lengths, device=device)
        self._cache = cache
        self._places = torch.arange(len(cache.lengths), device=device)
        self._width = min(blocks(max(cache.lengths) + 1), cache.capacity)
        seen = torch.arange(self._width, device=device) <= self.positions[:, None]
        hidden = torch.zeros(seen.shape, device=device, dtype=dtype).masked_fill(~seen, -torch.inf)
        self._mask = hidden[:, None, None, :]

    def __call__(self, layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        cache = self._cache
        cache.write_step(layer, self._places, self.positions, keys[:, :, 0], values[:, :, 0])
        seen_keys, seen_values = cache.window(layer, self._width)
        # Query heads that share a key head become its time axis: no key is copied.
        grouped = queries.unflatten(1, (keys.shape[1], -1)).squeeze(3)
        mixed = F.scaled_dot_product_attention(
            grouped, seen_keys, seen_values, attn_mask=self._mask
        )
        return mixed.flatten(1, 2).unsqueeze(2)


def blocks(length: int) -> int:
    """Round a length up to whole blocks."""
    return -(-length // BLOCK) * BLOCK
