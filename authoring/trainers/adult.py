"""UCI Adult as published: reads its two files, describes its columns, writes rows to evaluate on.

Becker and Kohavi, "Adult", UCI Machine Learning Repository, 1996, doi 10.24432/C5XW20, CC BY 4.0.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRAINING_SHA256 = "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"
TEST_SHA256 = "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05"
PROTECTED = ("sex", "race")
MISSING = "?"
_DIGESTS = (TRAINING_SHA256, TEST_SHA256)


class NotAdult(ValueError):
    """The file does not hold the published bytes of UCI Adult."""


@dataclass(frozen=True, slots=True)
class AdultColumn:
    """A column of the files; ``name`` is ``None`` for the survey weight, which says nothing."""

    name: str | None
    title: str = ""
    description: str = ""
    is_number: bool = False
    maximum: int = 0
    minimum: int = 0
    example: str | int = 0


COLUMNS = (
    AdultColumn("age", "Age", "Age in years.", True, 100, 0, 39),
    AdultColumn("workclass", "Kind of employer", "Who the person works for.", example="Private"),
    AdultColumn(None),
    AdultColumn("education", "Education", "The highest grade finished.", example="Bachelors"),
    AdultColumn("education_num", "Years of education", "The grade as a number.", True, 16, 1, 13),
    AdultColumn(
        "marital_status", "Marital status", "As told to the census.", example="Married-civ-spouse"
    ),
    AdultColumn("occupation", "Occupation", "The kind of work.", example="Prof-specialty"),
    AdultColumn("relationship", "Place in the family", "As told.", example="Husband"),
    AdultColumn("race", "Race", "As told to the census; a protected attribute.", example="White"),
    AdultColumn("sex", "Sex", "As told to the census; a protected attribute.", example="Male"),
    AdultColumn("capital_gain", "Capital gain", "In dollars of 1994.", True, 99_999, 0, 0),
    AdultColumn("capital_loss", "Capital loss", "In dollars of 1994.", True, 99_999, 0, 0),
    AdultColumn(
        "hours_per_week", "Hours a week", "Hours worked in a usual week.", True, 168, 0, 40
    ),
    AdultColumn(
        "native_country", "Country of birth", "As told to the census.", example="United-States"
    ),
)
NAMED = tuple(column for column in COLUMNS if column.name)
AdultRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AdultRows:
    """One of the two files: features by column name, and whether each earned over 50,000 USD."""

    features: tuple[AdultRow, ...]
    labels: tuple[int, ...]
    sha256: str


def read_adult(path: Path) -> AdultRows:
    """Read ``adult.data`` or ``adult.test``; raises ``NotAdult`` for any other bytes."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest not in _DIGESTS:
        raise NotAdult(f"{path.name} has SHA-256 {digest}, which is neither file of UCI Adult")
    features, labels = [], []
    for fields in _records(content.decode("ascii")):
        features.append(_features(fields))
        labels.append(int(fields[-1].startswith(">50K")))
    return AdultRows(tuple(features), tuple(labels), digest)


def write_evaluation_rows(rows: AdultRows, target: Path, *, every: int = 1) -> int:
    """Write every n-th row with its label and groups as JSON lines; return how many."""
    chosen = list(zip(rows.features, rows.labels, strict=True))[::every]
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for features, label in chosen:
            groups = {name: features[name] for name in PROTECTED}
            row = {"features": features, "label": label, "groups": groups}
            file.write(json.dumps(row, separators=(",", ":")) + "\n")
    return len(chosen)


def _records(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) == len(COLUMNS) + 1:
            yield fields


def _features(fields: Sequence[str]) -> AdultRow:
    return {
        column.name: int(field) if column.is_number else field
        for column, field in zip(COLUMNS, fields, strict=False)
        if column.name
    }
