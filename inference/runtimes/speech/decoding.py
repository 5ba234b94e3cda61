"""Greedy decoding of one window under Whisper's rules for timestamps.

The rules are those of section 2.3 of Radford et al., 2022: times come in pairs around each
piece of text and never go back, and a time is written where all times together are likelier
than any word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from inference.runtimes.speech.config import SECONDS_PER_POSITION, TokenConfig
from inference.runtimes.speech.network import Decoder

# The first piece of text begins within this much of a window, which begins with speech.
LATEST_START_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens of text, and when they were said, in seconds from the window's beginning.

    ``end`` is ``None`` where the model stopped before it wrote one.
    """

    tokens: tuple[int, ...]
    start: float
    end: float | None


class Rules:
    """Forbids what may not come next."""

    def __init__(self, tokens: TokenConfig, vocabulary: int, device: torch.device | str) -> None:
        self._tokens = tokens
        always = range(tokens.end + 1, tokens.first_timestamp)
        self._never = self._mask([*always, *tokens.suppressed], vocabulary, device)
        self._not_first = self._mask(tokens.suppressed_at_begin, vocabulary, device)

    @staticmethod
    def _mask(tokens: Sequence[int], vocabulary: int, device: torch.device | str) -> Tensor:
        mask = torch.zeros(vocabulary, device=device)
        mask[list(tokens)] = -torch.inf
        return mask

    def pick(self, scores: Tensor, written: Sequence[int]) -> int:
        """Return the likeliest allowed token after those written, given scores [vocabulary]."""
        scores = scores + self._never
        first = self._tokens.first_timestamp
        if not written:
            return self._first_time(scores + self._not_first)
        self._keep_pairs(scores, written)
        times = [token for token in written if token >= first]
        is_open = written[-1] >= first and not self._follows_time(written)
        scores[first : times[-1] + (0 if is_open else 1)] = -torch.inf
        chances = scores.log_softmax(-1)
        if chances[first:].logsumexp(-1) > chances[:first].max():
            chances[:first] = -torch.inf
        return int(chances.argmax())

    def _first_time(self, scores: Tensor) -> int:
        first = self._tokens.first_timestamp
        latest = first + round(LATEST_START_SECONDS / SECONDS_PER_POSITION)
        return first + int(scores[first : latest + 1].argmax())

    def _keep_pairs(self, scores: Tensor, written: Sequence[int]) -> None:
        """After the end of a piece comes a beginning or nothing; after a beginning, text."""
        first = self._tokens.first_timestamp
        if written[-1] < first:
            return
        if self._follows_time(written):
            scores[first:] = -torch.inf
        else:
            scores[: self._tokens.end] = -torch.inf

    def _follows_time(self, written: Sequence[int]) -> bool:
        """Say whether the time written last begins a piece."""
        return len(written) < 2 or written[-2] >= self._tokens.first_timestamp


def write(
    decoder: Decoder,
    states: Tensor,
    tokens: TokenConfig,
    rules: Rules,
    *,
    is_canceled: Callable[[], bool],
    listen: Callable[[int], None],
) -> list[int]:
    """Return the tokens of a window with these encoder states; ``listen`` hears each of them.

    Stops at the end of the text, at half of the decoder's positions, or when canceled.
    """
    caches = decoder.caches(states)
    scores = decoder.step([tokens.start, *tokens.prompt], caches)
    written: list[int] = []
    for _ in range(min(caches.room // 2, caches.room - caches.length)):
        if is_canceled():
            break
        token = rules.pick(scores, written)
        if token == tokens.end:
            break
        written.append(token)
        listen(token)
        scores = decoder.step([token], caches)
    return written


def pieces_of(written: Sequence[int], tokens: TokenConfig) -> list[Piece]:
    """Split the tokens of a window into its pieces."""
    pieces: list[Piece] = []
    start: float | None = None
    text: list[int] = []
    for token in written:
        if token < tokens.first_timestamp:
            text.append(token)
            continue
        time = (token - tokens.first_timestamp) * SECONDS_PER_POSITION
        if text:
            pieces.append(Piece(tuple(text), start or 0.0, time))
        start, text = time, []
    if text:
        pieces.append(Piece(tuple(text), start or 0.0, None))
    return pieces


def resume_at(written: Sequence[int], tokens: TokenConfig) -> float | None:
    """Return the second from which the model meant to write more but stopped.

    It then ends with the end of one piece and the beginning of the next.
    """
    first = tokens.first_timestamp
    if len(written) < 3 or written[-1] < first or written[-2] < first:
        return None
    return (written[-1] - first) * SECONDS_PER_POSITION
