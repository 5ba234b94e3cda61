"""The ``Prefer`` header (RFC 7240): whether, and how long, the caller waits."""

import re
from dataclasses import dataclass

WAIT = re.compile(r"wait(?:\s*=\s*\"?(\d{1,6})\"?)?")


@dataclass(frozen=True, slots=True)
class Preference:
    """What the caller prefers; ``wait_seconds`` is ``None`` when that is left to us."""

    is_async: bool = False
    wait_seconds: float | None = None


def read_preference(header: str) -> Preference:
    """Read the header; preferences that nobody here knows are ignored, as the RFC says."""
    wishes = [one.partition(";")[0].strip().lower() for one in header.split(",")]
    waits = [found for one in wishes if (found := WAIT.fullmatch(one))]
    seconds = float(waits[0].group(1)) if waits and waits[0].group(1) else None
    return Preference(is_async="respond-async" in wishes, wait_seconds=seconds)
