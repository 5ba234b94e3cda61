"""Turns texts into sparse features, in plain Python."""

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from inference.runtimes.linear_text import Block

Sparse = dict[int, float]
_BYTES_PER_TERM = 160
_WORD = re.compile(r"\b\w\w+\b")


class Ngrams:
    """Tf-idf over the n-grams of one block, numbered from ``start`` on."""

    def __init__(
        self, block: Block, vocabulary: Mapping[str, int], idf: Sequence[float], start: int
    ) -> None:
        self._block = block
        self._vocabulary = vocabulary
        self._idf = idf
        self._start = start

    @property
    def memory_bytes(self) -> int:
        """Bytes of the terms and their weights, by the usual size of a short text and a number."""
        return len(self._vocabulary) * _BYTES_PER_TERM

    def features(self, text: str) -> Sparse:
        """Return the features of a text, of unit length unless there are none."""
        split = _words if self._block.analyzer == "word" else _characters
        places = map(self._vocabulary.get, split(text, self._block))
        counts = Counter(place for place in places if place is not None)
        values = {place: self._weight(place, count) for place, count in counts.items()}
        norm = math.sqrt(sum(value * value for value in values.values()))
        return {self._start + place: value / norm for place, value in values.items() if norm}

    def _weight(self, place: int, count: int) -> float:
        frequency = 1 + math.log(count) if self._block.sublinear else count
        return frequency * self._idf[place]


class ByteAutomaton:
    """Counts the features that the states of an automaton over UTF-8 bytes put out."""

    def __init__(self, moves: "array[int]", outputs: Mapping[int, Sequence[int]]) -> None:
        self._moves = moves
        self._outputs = outputs

    @property
    def memory_bytes(self) -> int:
        """Bytes of the moves; the outputs are few."""
        return len(self._moves) * self._moves.itemsize

    def features(self, text: str) -> Sparse:
        """Return how often each feature occurs in a text."""
        moves, state = self._moves, 0
        visits: Counter[int] = Counter()
        for byte in text.encode("utf-8"):
            state = moves[(state << 8) + byte]
            visits[state] += 1
        counts: Counter[int] = Counter()
        for state, visited in visits.items():
            for feature in self._outputs.get(state, ()):
                counts[feature] += visited
        return {feature: float(count) for feature, count in counts.items()}


def _words(text: str, block: Block) -> Iterator[str]:
    words = _WORD.findall(text.lower())
    for length in range(block.shortest, block.longest + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _characters(text: str, block: Block) -> Iterator[str]:
    """Yield n-grams inside words padded with spaces, a short word once, as scikit-learn does."""
    for bare in text.lower().split():
        word = f" {bare} "
        for length in range(block.shortest, block.longest + 1):
            yield word[:length]
            if length >= len(word):
                break
            for start in range(1, len(word) - length + 1):
                yield word[start : start + length]
