"""An engine over a fake loader, closed after each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inference.engine import Engine
from tests.inference.engine.fakes import MIB, FakeLoader


@pytest.fixture
def loader() -> FakeLoader:
    return FakeLoader()


@pytest.fixture
def make_engine(loader: FakeLoader, tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def make(mib: int = 100, **options: object) -> Engine:
        options = {"folder_of": lambda ref: tmp_path, "device": "cpu", "loader": loader, **options}
        made.append(Engine(memory_bytes=mib * MIB, **options))
        return made[-1]

    yield make
    loader.gate.set()
    for engine in made:
        engine.close(timeout_s=5)


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine()
