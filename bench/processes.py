"""A process with everything that it started: how much it holds, and its end."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 30
KIB = 1024


class Tree:
    """``manage.py run`` in a session of its own; ``log`` takes what it prints."""

    def __init__(self, log: Path, **environment: str) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "manage.py", "run"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def resident_bytes(self) -> int:
        """Return what the process and its descendants hold in memory; shared pages count
        in each."""
        return sum(map(_resident_bytes, [self.process.pid, *descendants(self.process.pid)]))

    def said(self) -> str:
        """Return what was printed so far."""
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        """Ask for the end as Ctrl-C does, and insist after a while."""
        left = descendants(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in (self.process.pid, *left):
                os.kill(pid, signal.SIGKILL)
            raise


def descendants(pid: int) -> list[int]:
    """Return the children of a process, their children, and so on."""
    children = defaultdict(list)
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = place.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        children[int(parent)].append(int(place.parent.name))
    found, waiting = list[int](), [pid]
    while waiting:
        below = children[waiting.pop()]
        found += below
        waiting += below
    return found


def _resident_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    held = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return sum(map(int, held)) * KIB
