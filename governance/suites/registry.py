"""Which suites there are, and what identifies them."""

import hashlib
import inspect
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from governance.suites import forecasting, images, speech, tabular, text
from governance.types import Row, Suite

DATASETS = Path(__file__).resolve().parent.parent / "datasets"
SUITES = {
    suite.id: suite
    for suite in (
        *text.SUITES,
        *tabular.SUITES,
        *forecasting.SUITES,
        *images.SUITES,
        *speech.SUITES,
    )
}


def rows_of(suite: Suite) -> list[Row]:
    """Return the rows of a suite's dataset, in their fixed order."""
    lines = (DATASETS / suite.dataset).read_text().splitlines()
    return [json.loads(line) for line in lines if line]


@lru_cache(maxsize=64)
def dataset_digest(name: str) -> str:
    """Return the SHA-256 of a dataset file."""
    return hashlib.sha256((DATASETS / name).read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def suite_digest(suite_id: str) -> str:
    """Return the SHA-256 of what a suite does: its number and the source of its module."""
    suite = SUITES[suite_id]
    source = inspect.getsource(sys.modules[suite.score.__module__])
    return hashlib.sha256(f"{suite.id}@{suite.version}\n{source}".encode()).hexdigest()


def suites_for(task: str, signature: dict[str, Any]) -> list[Suite]:
    """Return the suites that make sense for a version of a task."""
    return [suite for suite in SUITES.values() if suite.task == task and suite.fits(signature)]
