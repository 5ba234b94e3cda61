"""Keeps the processes of ``make run`` alive: broker, web, worker, beat, and one seeding."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

STOP_SECONDS = 15.0
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 20.0


@dataclass
class Child:
    """A process to keep running; a ``once`` child is left alone when it ends well."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    once: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    resume_at: float = 0.0
    is_finished: bool = False

    @property
    def pause(self) -> float:
        """Seconds to wait before the next start: doubling, at most half a minute."""
        return min(2.0 ** max(0, self.failures - 1), LONGEST_PAUSE)


class Supervisor:
    """Starts children in order, restarts those that die, stops all of them together."""

    def __init__(self, children: Sequence[Child], *, write: Callable[[str], None]) -> None:
        self.children = list(children)
        self.write = write
        self.is_stopping = threading.Event()

    def add(self, child: Child) -> None:
        """Start one more child and look after it."""
        self.children.append(child)
        self._start(child)

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603 - commands are ours
            child.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **child.environment},
            start_new_session=True,
        )
        child.started = time.monotonic()
        assert child.process.stdout is not None
        reader = threading.Thread(
            target=self._relay, args=(child.name, child.process.stdout), daemon=True
        )
        reader.start()

    def _relay(self, name: str, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                self.write(f"{name:>7} | {line.decode(errors='replace').rstrip()}")

    def watch(self) -> None:
        """Restart what dies until ``stop`` is called."""
        while not self.is_stopping.wait(0.3):
            for child in self.children:
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        if child.is_finished:
            return
        if child.process is None:
            if time.monotonic() >= child.resume_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is not None:
            self._ended(child, code)

    def _ended(self, child: Child, code: int) -> None:
        child.process = None
        if child.once and code == 0:
            child.is_finished = True
            return
        healthy = time.monotonic() - child.started > HEALTHY_AFTER
        child.failures = 1 if healthy else child.failures + 1
        child.resume_at = time.monotonic() + child.pause
        self.write(f"{child.name:>7} | ended with code {code}; again in {child.pause:.0f} s")

    def stop(self, *_: object) -> None:
        """Ask every child to end, last started first, and insist after a while."""
        if self.is_stopping.is_set():
            return
        self.is_stopping.set()
        running = [one for one in reversed(self.children) if one.process is not None]
        for child in running:
            self._signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            self._wait(child, deadline - time.monotonic())

    def _wait(self, child: Child, seconds: float) -> None:
        assert child.process is not None
        try:
            child.process.wait(timeout=max(0.1, seconds))
        except subprocess.TimeoutExpired:
            self._signal(child, signal.SIGKILL)

    def _signal(self, child: Child, number: int) -> None:
        assert child.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, number)


def wait_for_page(url: str, *, seconds: float, is_stopping: threading.Event) -> bool:
    """Wait until a page answers; false when it did not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not is_stopping.is_set():
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def manage(*words: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, "-u", "manage.py", *words]
