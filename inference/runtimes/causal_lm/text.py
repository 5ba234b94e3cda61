"""Grows a row's text from its tokens: whole characters only, and nothing of a stop string."""

from collections.abc import Callable, Sequence

Decode = Callable[[Sequence[int]], str]

_HALF_A_CHARACTER = "\ufffd"
# A character is at most four bytes; more tokens than that without one are not text anyway.
_PATIENCE = 8


class Detokenizer:
    """Decodes tokens as they come, keeping back those that end inside a character."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._context: list[int] = []
        self._pending: list[int] = []

    def push(self, token: int) -> str:
        """Take one token and return the text that is now certain."""
        self._pending.append(token)
        text = self._text()
        if text.endswith(_HALF_A_CHARACTER) and len(self._pending) < _PATIENCE:
            return ""
        return self._release(text)

    def finish(self) -> str:
        """Return what was kept back."""
        return self._release(self._text())

    def _text(self) -> str:
        # Decoded behind the tokens before, since some decoders trim what begins a text.
        known = self._decode(self._context)
        return self._decode(self._context + self._pending)[len(known) :]

    def _release(self, text: str) -> str:
        self._context, self._pending = self._pending, []
        return text


class StopFilter:
    """Passes text on until a stop string appears, keeping back what may begin one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._kept = ""
        self.is_stopped = False

    def push(self, text: str) -> str:
        """Take text and return what may be shown of it."""
        if self.is_stopped:
            return ""
        text = self._kept + text
        found = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if found:
            self.is_stopped, self._kept = True, ""
            return text[: min(found)]
        shown = len(text) - self._possible_start(text)
        self._kept = text[shown:]
        return text[:shown]

    def finish(self) -> str:
        """Return what was kept back, since no stop string came of it."""
        text, self._kept = self._kept, ""
        return text

    def _possible_start(self, text: str) -> int:
        """Return the length of the longest end of ``text`` that begins a stop string."""
        lengths = (
            length
            for stop in self._stops
            for length in range(min(len(stop) - 1, len(text)), 0, -1)
            if text.endswith(stop[:length])
        )
        return max(lengths, default=0)


class TextStream:
    """A row's text: from tokens to what the caller sees."""

    def __init__(self, decode: Decode, stops: Sequence[str] = ()) -> None:
        self._detokenizer = Detokenizer(decode)
        self._filter = StopFilter(stops)
        self._shown: list[str] = []

    @property
    def text(self) -> str:
        """Return all that was shown so far."""
        return "".join(self._shown)

    @property
    def is_stopped(self) -> bool:
        """Say whether a stop string has ended the text."""
        return self._filter.is_stopped

    def push(self, token: int) -> str:
        """Take one token and return the piece to show, often empty."""
        return self._show(self._filter.push(self._detokenizer.push(token)))

    def finish(self) -> str:
        """Return the last piece to show."""
        piece = self._filter.push(self._detokenizer.finish())
        return self._show(piece + self._filter.finish())

    def _show(self, piece: str) -> str:
        if piece:
            self._shown.append(piece)
        return piece
