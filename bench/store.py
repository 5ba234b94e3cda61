"""A store as ``make run`` makes it, in a folder of its own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench.processes import ROOT, Tree

PATIENCE_SECONDS = 900.0
SEEDED = re.compile(r"^ *models \| (\[(\d+)/\2\].*: ready|Add them later)", re.MULTILINE)


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store keeps its data, and where it will answer."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the store's processes and commands are told."""
        folder, port = str(self.folder), str(self.port)
        return {"STOA_DATA_DIR": folder, "PORT": port, "OMP_NUM_THREADS": "1"}

    @contextmanager
    def starting(self) -> Iterator[Tree]:
        """Start the store, and stop it when the block ends."""
        tree = Tree(self.folder / "run.log", **self.environment)
        try:
            yield tree
        finally:
            tree.stop()

    @contextmanager
    def running(self) -> Iterator[Tree]:
        """Like ``starting``; the block begins when every demo listing is there."""
        with self.starting() as tree:
            self.wait(tree, lambda: self.has_page() and is_seeded(tree))
            yield tree

    def wait(self, tree: Tree, found: Callable[[], bool]) -> None:
        """Wait for something of a running store; a store that ended waits for nothing."""
        until(lambda: found() or tree.process.poll() is not None, seconds=PATIENCE_SECONDS)
        if tree.process.poll() is not None:
            raise SystemExit(f"The store ended:\n{tree.said()[-3000:]}")

    def has_page(self) -> bool:
        """Tell whether the first page is there."""
        return answers(self.url)

    def new_key(self) -> str:
        """Return a fresh API key of the demo buyer."""
        named = ["--organization", "demo-buyer", "--name", "Bench"]
        return subprocess.run(
            [sys.executable, "manage.py", "create_api_key", *named],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()


def answers(url: str) -> bool:
    """Tell whether an address answers well."""
    try:
        return requests.get(url, timeout=10).status_code == 200
    except requests.RequestException:
        return False


def is_seeded(tree: Tree) -> bool:
    """Tell whether the last demo listing was made or given up."""
    return SEEDED.search(tree.said()) is not None


def until(found: Callable[[], bool], *, seconds: float) -> None:
    """Ask again and again until the answer is yes; raises ``SystemExit`` after a while."""
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {seconds:.0f} seconds")
        time.sleep(0.1)
