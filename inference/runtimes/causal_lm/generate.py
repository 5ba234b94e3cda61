"""Generates for many rows at once, one token per row and step.

``Stepper`` is the whole of it: add rows at any time, step, drop rows. A row's text depends on
its prompt, its sampling and its seed alone, not on its neighbors: prompts pass one by one,
and on the CPU a step gives each row the same bits in any company (see ``Projection`` and
``RowwiseAttention``). On a GPU its kernels may differ in the last bits between batch sizes.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from inference.runtimes.base import Json
from inference.runtimes.causal_lm.cache import KvCache, PromptAttention, step_attention
from inference.runtimes.causal_lm.model import NO_ADAPTER, Adapter, Decoder
from inference.runtimes.causal_lm.sampling import Sampler
from inference.runtimes.causal_lm.text import TextStream

# Rows times room: bounds what the caches of one stepper may hold, whatever its callers ask.
MOST_CACHED_TOKENS = 16_384


@dataclass(slots=True, eq=False)
class Row:
    """One reply in progress, and when it has left, how it ended."""

    prompt: list[int]
    room: int
    sampler: Sampler
    stream: TextStream
    emit: Callable[[Json], None] | None = None
    is_canceled: Callable[[], bool] = lambda: False
    output_tokens: int = 0
    last_token: int = -1
    finish_reason: str | None = None
    error: Exception | None = None
    added_at: float = field(default_factory=time.perf_counter)
    started_at: float | None = None
    first_output_at: float | None = None
    left_at: float | None = None

    @property
    def has_left(self) -> bool:
        """Say whether the row is done, by whatever way."""
        return self.left_at is not None

    def show(self, piece: str) -> None:
        """Hand a piece of text to whoever is listening."""
        if not piece:
            return
        if self.first_output_at is None:
            self.first_output_at = time.perf_counter()
        if self.emit is not None:
            self.emit({"text": piece})

    def leave(self, reason: str, error: Exception | None = None) -> None:
        """End the row."""
        self.finish_reason, self.error = reason, error
        self.left_at = time.perf_counter()


class Stepper:
    """Rows that share a decoder and an adapter, moving one token at a time."""

    def __init__(self, decoder: Decoder, *, slots: int, adapter: Adapter = NO_ADAPTER) -> None:
        self._decoder = decoder
        self._adapter = adapter
        self._slots = slots
        self._cache = KvCache(decoder, slots)
        self._waiting: deque[Row] = deque()
        self._running: list[Row] = []

    @property
    def is_busy(self) -> bool:
        """Say whether any row is waiting or running."""
        return bool(self._waiting or self._running)

    def add(self, row: Row) -> None:
        """Take a row in; it starts at the next step, or once there is room for it."""
        self._waiting.append(row)

    @torch.inference_mode()
    def drop(self, row: Row, reason: str = "canceled", error: Exception | None = None) -> None:
        """Take a row out before its end."""
        row.leave(reason, error)
        self._remove_those_that_left()

    @torch.inference_mode()
    def step(self) -> None:
        """Start the waiting rows that fit, then move every running row by one token."""
        for row in (*self._waiting, *self._running):
            if row.is_canceled():
                row.leave("canceled")
        self._remove_those_that_left()
        while self._waiting and self._fits(self._waiting[0]):
            self._start(self._waiting.popleft())
        if self._running:
            self._move()

    def _fits(self, row: Row) -> bool:
        rows = len(self._running) + 1
        if rows == 1:
            return True
        room = max(row.room, self._cache.capacity)
        return rows <= self._slots and rows * room <= MOST_CACHED_TOKENS

    def _start(self, row: Row) -> None:
        row.started_at = time.perf_counter()
        place = self._cache.add_row(row.room)
        self._running.append(row)
        tokens = torch.tensor([row.prompt], device=self._decoder.device)
        positions = torch.arange(len(row.prompt), device=self._decoder.device)[None]
        attend = PromptAttention(self._cache, place)
        states = self._decoder.forward(tokens, positions, attend, self._adapter)
        self._cache.lengths[place] = len(row.prompt)
        self._take(row, self._scores(states[:, -1])[0])
        self._remove_those_that_left()

    def _move(self) -> None:
        decoder = self._decoder
        tokens = torch.tensor([[row.last_token] for row in self._running], device=decoder.device)
        positions = torch.tensor(self._cache.lengths, device=decoder.device)[:, None]
        attend = step_attention(self._cache, decoder)
        states = decoder.forward(tokens, positions, attend, self._adapter)
        for place, scores in enumerate(self._scores(states[:, -1])):
            self._cache.lengths[place] += 1
            self._take(self._running[place], scores)
        self._remove_those_that_left()

    def _scores(self, states: Tensor) -> Tensor:
        return self._decoder.logits(states).float().cpu()

    def _take(self, row: Row, scores: Tensor) -> None:
        """Choose a row's next token; its own failure must not disturb its neighbors."""
        try:
            self._extend(row, row.sampler.pick(scores))
        except Exception as error:  # the listener is foreign code
            row.leave("failed", error)

    def _extend(self, row: Row, token: int) -> None:
        if token in self._decoder.config.stop_ids:
            self._finish(row, "stop")
            return
        row.last_token = token
        row.output_tokens += 1
        row.show(row.stream.push(token))
        if row.stream.is_stopped:
            row.leave("stop")
        elif len(row.prompt) + row.output_tokens >= row.room:
            self._finish(row, "length")

    def _finish(self, row: Row, reason: str) -> None:
        row.show(row.stream.finish())
        row.leave("stop" if row.stream.is_stopped else reason)

    def _remove_those_that_left(self) -> None:
        self._waiting = deque(row for row in self._waiting if not row.has_left)
        for place in reversed(range(len(self._running))):
            if self._running[place].has_left:
                self._cache.remove_row(place)
                self._running[place] = self._running[-1]
                self._running.pop()
