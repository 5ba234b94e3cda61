"""From probabilities of speech to spans, and from spans to windows. Torch-free."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.runtimes.speech.config import RATE, VoiceConfig

FRAME_SECONDS = 512 / RATE
# Speech goes on until its probability is this far below what began it.
HYSTERESIS = 0.15
# Two spans share a window when the pause between them is not longer than this.
LONGEST_PAUSE = 2.0
# A span that is too long is cut in its last third, where the voice is least certain.
EARLIEST_CUT = 2 / 3


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return self.end - self.start


def speech_spans(probabilities: Sequence[float], seconds: float, config: VoiceConfig) -> list[Span]:
    """Return where there is speech in a recording, padded but never overlapping."""
    spans: list[Span] = []
    for span in _runs(probabilities, config.threshold):
        if spans and span.start - spans[-1].end < config.least_silence:
            spans[-1] = replace(spans[-1], end=span.end)
        else:
            spans.append(span)
    return _padded(
        [one for one in spans if one.seconds >= config.least_speech], seconds, config.padding
    )


def windows_of(spans: Sequence[Span], probabilities: Sequence[float], longest: float) -> list[Span]:
    """Group spans into windows of at most ``longest`` seconds that begin and end in silence."""
    windows: list[Span] = []
    for span in spans:
        for piece in _pieces(span, probabilities, longest):
            last = windows[-1] if windows else None
            if (
                last is not None
                and piece.start - last.end <= LONGEST_PAUSE
                and piece.end - last.start <= longest
            ):
                windows[-1] = replace(last, end=piece.end)
            else:
                windows.append(piece)
    return windows


def _runs(probabilities: Sequence[float], threshold: float) -> list[Span]:
    runs: list[Span] = []
    start: int | None = None
    for frame, probability in enumerate(probabilities):
        if start is None and probability >= threshold:
            start = frame
        elif start is not None and probability < threshold - HYSTERESIS:
            runs.append(Span(start * FRAME_SECONDS, frame * FRAME_SECONDS))
            start = None
    if start is not None:
        runs.append(Span(start * FRAME_SECONDS, len(probabilities) * FRAME_SECONDS))
    return runs


def _padded(spans: Sequence[Span], seconds: float, padding: float) -> list[Span]:
    padded = []
    for place, span in enumerate(spans):
        before = spans[place - 1].end if place else -padding
        after = spans[place + 1].start if place + 1 < len(spans) else seconds + padding
        start = max(0.0, span.start - min(padding, (span.start - before) / 2))
        end = min(seconds, span.end + min(padding, (after - span.end) / 2))
        if end > start:
            padded.append(Span(start, end))
    return padded


def _pieces(span: Span, probabilities: Sequence[float], longest: float) -> list[Span]:
    """Cut a span that is longer than a window where the voice is least certain."""
    pieces = []
    while span.seconds > longest:
        low = round((span.start + longest * EARLIEST_CUT) / FRAME_SECONDS)
        high = int((span.start + longest) / FRAME_SECONDS)
        frame = min(range(low, max(low + 1, high)), key=lambda one: probabilities[one])
        cut = frame * FRAME_SECONDS
        pieces.append(Span(span.start, cut))
        span = Span(cut, span.end)
    return [*pieces, span]
