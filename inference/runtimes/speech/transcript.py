"""A transcript as it grows: pieces of text for who listens, segments with their times."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inference.runtimes.base import Json
from inference.runtimes.causal_lm.text import Decode, TextStream


@dataclass(frozen=True, slots=True)
class Segment:
    """What was said between two times, in seconds of the recording."""

    start: float
    end: float
    text: str


class Transcript:
    """Turns tokens into text; the pieces that were shown are the whole text together."""

    def __init__(self, decode: Decode, emit: Callable[[Json], None] | None) -> None:
        self.segments: list[Segment] = []
        self.text = ""
        self.first_output_at: float | None = None
        self._decode = decode
        self._emit = emit
        self._stream = TextStream(decode)
        self._is_new_window = True

    def begin_window(self) -> None:
        """Start anew in the decoder's eyes; the text goes on."""
        self.finish()
        self._stream = TextStream(self._decode)
        self._is_new_window = True

    def hear(self, token: int) -> None:
        """Take one token of text."""
        self._show(self._stream.push(token))

    def finish(self) -> None:
        """Show what was kept back."""
        self._show(self._stream.finish())

    def add(self, tokens: Sequence[int], start: float, end: float) -> None:
        """Keep a whole segment."""
        text = self._decode(tokens).strip()
        if text:
            self.segments.append(Segment(start, end, text))

    def _show(self, piece: str) -> None:
        if not self.text:
            piece = piece.lstrip()
        elif self._is_new_window and piece and not piece[0].isspace():
            piece = " " + piece
        if not piece:
            return
        self._is_new_window = False
        self.text += piece
        self.first_output_at = self.first_output_at or time.perf_counter()
        if self._emit is not None:
            self._emit({"text": piece})
