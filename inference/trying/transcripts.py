"""A transcript for people: the recording, the text, its segments with their times."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WAV = "data:audio/wav;base64,"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A segment: when it was said, as ``1:02.5``, and what."""

    start: str
    end: str
    text: str


@dataclass(frozen=True, slots=True)
class TranscriptView:
    """What was heard in the recording at ``source``."""

    source: str
    text: str
    lines: Sequence[Line]
    heard: str


def transcript_of(sent: Json, output: Json) -> TranscriptView | None:
    """Return the transcript of an answer; ``None`` for an answer of another kind."""
    if "segments" not in output or "audio" not in sent:
        return None
    spoken = sum(one["end"] - one["start"] for one in output["speech"])
    return TranscriptView(
        source=as_sound_uri(str(sent["audio"])),
        text=str(output["text"]),
        lines=[
            Line(clock_time(one["start"]), clock_time(one["end"]), one["text"])
            for one in output["segments"]
        ],
        heard=f"Speech in {spoken:.1f} of {output['seconds']:.1f} seconds.",
    )


def as_sound_uri(sound: str) -> str:
    """Return a sound as a data URI, whichever of the two accepted forms it came in."""
    return sound if sound.startswith("data:") else WAV + sound


def clock_time(seconds: float) -> str:
    """Write a time within a recording: ``1:02.5``."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
