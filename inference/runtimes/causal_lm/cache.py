"""Keys and values of rows in progress, and the two ways to attend over them."""

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.causal_lm.model import Attention, Decoder

# Rooms and windows are whole blocks: fewer shapes for kernels and allocators to deal with.
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

    def fill_row(self, layer: int, place: int, keys: Tensor, values: Tensor) -> None:
        """Store what a row's prompt left at one layer, as [heads, time, size]."""
        end = keys.shape[1]
        self._keys[layer, place, :, :end] = keys
        self._values[layer, place, :, :end] = values

    def extend_row(
        self, layer: int, place: int, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Store one token of one row, as [heads, 1, size], and return all of the row."""
        length = self.lengths[place]
        row_keys = self._keys[layer, place : place + 1, :, : length + 1]
        row_values = self._values[layer, place : place + 1, :, : length + 1]
        row_keys[0, :, length:] = keys
        row_values[0, :, length:] = values
        return row_keys, row_values

    def extend(
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
            self._cache.fill_row(layer, self._place, keys[0], values[0])
        return F.scaled_dot_product_attention(
            queries, keys, values, is_causal=True, enable_gqa=True
        )


class RowwiseAttention:
    """Attention of one new token per row, row by row over exactly what that row has seen.

    For the CPU: no work is lost on rows of other lengths, and a row takes the same kernel on
    the same shapes in any company.
    """

    def __init__(self, cache: KvCache) -> None:
        self._cache = cache

    def __call__(self, layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        grouped = _grouped(queries, keys)
        rows = []
        for place in range(len(self._cache.lengths)):
            seen = self._cache.extend_row(layer, place, keys[place], values[place])
            rows.append(F.scaled_dot_product_attention(grouped[place : place + 1], *seen))
        return torch.cat(rows).flatten(1, 2).unsqueeze(2)


class BatchedAttention:
    """The same for a GPU: all rows in one call, over a window that fits the longest."""

    def __init__(self, cache: KvCache, device: torch.device, dtype: torch.dtype) -> None:
        self._cache = cache
        self._places = torch.arange(len(cache.lengths), device=device)
        self._positions = torch.tensor(cache.lengths, device=device)
        self._width = min(blocks(max(cache.lengths) + 1), cache.capacity)
        seen = torch.arange(self._width, device=device) <= self._positions[:, None]
        hidden = torch.zeros(seen.shape, device=device, dtype=dtype).masked_fill(~seen, -torch.inf)
        self._mask = hidden[:, None, None, :]

    def __call__(self, layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        self._cache.extend(layer, self._places, self._positions, keys[:, :, 0], values[:, :, 0])
        seen = self._cache.window(layer, self._width)
        mixed = F.scaled_dot_product_attention(_grouped(queries, keys), *seen, attn_mask=self._mask)
        return mixed.flatten(1, 2).unsqueeze(2)


def step_attention(cache: KvCache, decoder: Decoder) -> Attention:
    """Return the attention of one step that suits the device."""
    if decoder.device.type == "cpu":
        return RowwiseAttention(cache)
    return BatchedAttention(cache, decoder.device, decoder.dtype)


def _grouped(queries: Tensor, keys: Tensor) -> Tensor:
    """Make query heads that share a key head its time axis, so that no key is copied."""
    rows, heads, _, size = queries.shape
    return queries.reshape(rows, keys.shape[1], heads // keys.shape[1], size)


def blocks(length: int) -> int:
    """Round a length up to whole blocks."""
    return -(-length // BLOCK) * BLOCK
