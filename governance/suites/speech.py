"""Examinations of speech recognition on a few sentences read aloud."""

import base64
import io
import re
import wave
from collections.abc import Sequence
from typing import Any

from governance.types import Metric, Row, Scored, Suite

WORD = re.compile(r"[a-z0-9']+")
SPELLED_OUT = {"mr": "mister", "mrs": "missus", "dr": "doctor"}
RATE = 16_000


def _listen(row: Row) -> dict[str, Any]:
    return {"audio": row.get("audio") or _silence(row["silent_seconds"])}


def _silence(seconds: int) -> str:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * RATE * seconds))
    return base64.b64encode(buffer.getvalue()).decode()


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are said: small letters, no punctuation."""
    return [SPELLED_OUT.get(word, word) for word in WORD.findall(text.lower())]


def word_errors(wanted: Sequence[str], found: Sequence[str]) -> int:
    """Return the fewest words to replace, leave out or put in (Levenshtein, 1966)."""
    costs = list(range(len(found) + 1))
    for row, want in enumerate(wanted, start=1):
        before, costs[0] = costs[0], row
        for column, have in enumerate(found, start=1):
            kept = before + (want != have)
            before = costs[column]
            costs[column] = min(kept, costs[column] + 1, costs[column - 1] + 1)
    return costs[-1]


def _score(rows: Sequence[Row], outputs: Sequence[Any]) -> Scored:
    table, errors, spoken, invented = [], 0, 0, 0
    for row, output in zip(rows, outputs, strict=True):
        wanted, found = words_of(row["text"]), words_of(output["text"])
        wrong = word_errors(wanted, found)
        table.append(
            {"recording": row["name"], "said": row["text"], "heard": output["text"], "wrong": wrong}
        )
        errors += wrong if wanted else 0
        spoken += len(wanted)
        invented += 0 if wanted else len(found)
    return Scored(
        (
            Metric("word error rate", errors / spoken, spoken, higher_is_better=False),
            Metric("words invented in silence", invented, 1, higher_is_better=False),
        ),
        {"recordings": table},
    )


SUITES = (
    Suite(
        id="sentences-read-aloud",
        version=1,
        kind="evaluation",
        title="Sentences read aloud",
        explains="Five sentences of one clear voice, and a silence: a smoke test, not a ranking.",
        task="speech-recognition",
        dataset="speech-1.jsonl",
        to_input=_listen,
        score=_score,
    ),
)
