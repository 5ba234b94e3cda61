"""Examinations of vision models on a few licensed photographs."""

from collections.abc import Sequence
from typing import Any

from governance.suites.measures import share
from governance.types import Row, Scored, Suite


def _tag(row: Row) -> dict[str, Any]:
    return {"image": row["image"], "top_k": 5}


def _score_tags(rows: Sequence[Row], outputs: Sequence[Any]) -> Scored:
    table = [
        {
            "photograph": row["name"],
            "accepted": row["labels"],
            "said": [label["label"].lower() for label in output["labels"]],
        }
        for row, output in zip(rows, outputs, strict=True)
        if row["labels"]
    ]
    first = [_accepts(line["accepted"], line["said"][:1]) for line in table]
    five = [_accepts(line["accepted"], line["said"]) for line in table]
    return Scored((share("top-1", first), share("top-5", five)), {"photographs": table})


def _accepts(accepted: Sequence[str], said: Sequence[str]) -> bool:
    return any(want in label for want in accepted for label in said)


def _find(row: Row) -> dict[str, Any]:
    return {"image": row["image"]}


def _score_faces(rows: Sequence[Row], outputs: Sequence[Any]) -> Scored:
    table = [
        {"photograph": row["name"], "faces": row["faces"], "found": len(output["boxes"])}
        for row, output in zip(rows, outputs, strict=True)
    ]
    right = [line["faces"] == line["found"] for line in table]
    return Scored((share("photographs counted right", right),), {"photographs": table})


SUITES = (
    Suite(
        id="photograph-tags",
        version=1,
        kind="evaluation",
        title="Tags of licensed photographs",
        explains="A handful of photographs with known content: a smoke test, not a ranking.",
        task="image-classification",
        dataset="images-1.jsonl",
        to_input=_tag,
        score=_score_tags,
    ),
    Suite(
        id="face-counts",
        version=1,
        kind="evaluation",
        title="Faces in licensed photographs",
        explains="Photographs with no face or one: a smoke test, too few for a ranking.",
        task="object-detection",
        dataset="images-1.jsonl",
        to_input=_find,
        score=_score_faces,
    ),
)
