"""Real workers on real services, in processes that may be killed at any moment."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.services import POSTGRES

ROOT = Path(__file__).resolve().parents[2]
FINISHED = (
    "select count(*) from inference_prediction where status in ('succeeded', 'failed', 'canceled')"
)
POOLS = {"threads": ["-P", "threads", "-c", "8"], "prefork": ["-P", "prefork", "-c", "2"]}


@dataclass
class Cluster:
    """A database, a broker, and the processes that use them."""

    environment: dict[str, str]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)

    def run(self, *words: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def world(self, *words: str) -> str:
        """Run a part of the fault tests' world."""
        return self.run("-m", "tests.faults.world", *words)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own, that is ended with the cluster."""
        process = subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=self.environment, start_new_session=True
        )
        self.others.append(process)
        return process

    def start_beat(self) -> None:
        """Start what sends tasks by the clock."""
        schedule = str(Path(self.environment["STOA_DATA_DIR"]) / "beat")
        self.start("-m", "celery", "-A", "marketplace", "beat", "-l", "ERROR", "-s", schedule)

    def start_worker(self, pool: str) -> None:
        """Start a worker, or start it again."""
        words = ["-m", "celery", "-A", "marketplace", "worker", "-Q", "default,pool.cpu"]
        words += [*POOLS[pool], "-n", f"{pool}@%h", "-l", "ERROR"]
        self.workers[pool] = self.start(*words)

    def kill_one(self, choice: random.Random) -> None:
        """Kill a worker, or one of its children, without warning."""
        victims = [(pool, pid) for pool, one in self.workers.items() for pid in family(one.pid)]
        pool, pid = choice.choice(victims)
        is_whole = pid == self.workers[pool].pid
        with contextlib.suppress(ProcessLookupError):
            if is_whole:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        self.killed.append(f"{pool} {'worker' if is_whole else 'child'}")
        if is_whole:
            self.workers[pool].wait()
            self.start_worker(pool)

    def wait_for(self, finished: int, *, seconds: float) -> None:
        """Wait until so many calls are final."""
        end = time.monotonic() + seconds
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as database:
            while True:
                ((count,),) = database.execute(FINISHED)
                if count >= finished:
                    return
                assert time.monotonic() < end, f"only {count} of {finished} are final"
                time.sleep(0.1)

    def standing(self) -> dict[str, Any]:
        """Return how the calls stand."""
        found: dict[str, Any] = json.loads(self.world("report"))
        return found

    def stop(self) -> None:
        """End every process that was started here."""
        for process in self.others:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    with contextlib.suppress(OSError):
        return [pid, *(int(one) for one in children.read_text().split())]
    return [pid]


@contextlib.contextmanager
def cluster(folder: Path, *, broker: str, name: str) -> Iterator[Cluster]:
    """Make a cluster with a database of its own, and take everything away again."""
    database = f"stoa_{name}_{os.getpid()}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as admin:
        admin.execute(f'create database "{database}"')
        made = Cluster(
            {
                **os.environ,
                "SECRET_KEY": "fault-tests-only",
                "DATABASE_URL": f"{POSTGRES}/{database}",
                "BROKER_URL": broker,
                "STOA_DATA_DIR": str(folder / "data"),
                "STOA_LEASE_SECONDS": "3",
                "OMP_NUM_THREADS": "1",
                "LOG_LEVEL": "ERROR",
            }
        )
        try:
            made.run("manage.py", "migrate", "-v", "0")
            made.world("prepare", str(folder / "model"))
            yield made
        finally:
            made.stop()
            admin.execute(f'drop database "{database}" with (force)')
