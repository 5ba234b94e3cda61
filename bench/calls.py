"""A call through the marketplace beside the same model behind a bare server, in one run."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import requests

from bench.processes import ROOT
from bench.store import Place, answers, free_port, until

MODEL = "meridian/parlance-language-id"
TEXT = {"texts": ["Which language is this written in?"]}
WARM_UP, SECONDS, THREADS = 20, 6.0, 8


@dataclass(frozen=True, slots=True)
class Load:
    """What one server did: median latency of a lone caller, and calls/s of eight at once."""

    median_ms: float
    per_second: float


def compare(place: Place) -> dict[str, Load]:
    """Call the model here and behind a bare server, one after the other, with both running."""
    token = place.new_key()
    with place.running(), bare_server(_files_of(place, token)) as bare_url:
        target = f"{place.url}/api/v1/predictions"
        body = json.dumps({"model": MODEL, "input": TEXT})
        return {
            "bare server": _load(bare_url, json.dumps(TEXT), None),
            "marketplace": _load(target, body, token),
        }


def _files_of(place: Place, token: str) -> Path:
    headers = {"Authorization": f"Bearer {token}"}
    body = {"model": MODEL, "input": TEXT}
    made = requests.post(
        f"{place.url}/api/v1/predictions", json=body, headers=headers, timeout=60
    ).json()
    assert made["status"] == "succeeded", made
    return place.folder / "cache" / "versions" / made["version"]["digest"]


@contextmanager
def bare_server(files: Path) -> Iterator[str]:
    """Run the peer on the store's own gunicorn settings."""
    port = free_port()
    words = ["gunicorn", "bench.bare_server", "--config", "python:marketplace.gunicorn_settings"]
    process = subprocess.Popen(
        [sys.executable, "-m", *words, "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env={**os.environ, "BARE_FOLDER": str(files), "OMP_NUM_THREADS": "1"},
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        until(lambda: answers(url), seconds=60)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _load(url: str, body: str, token: str | None) -> Load:
    _call_for(url, body, token, calls=WARM_UP)
    alone = _call_for(url, body, token, seconds=SECONDS)
    taken: list[list[float]] = [[] for _ in range(THREADS)]

    def work(mine: list[float]) -> None:
        mine += _call_for(url, body, token, seconds=SECONDS)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in taken]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = sum(map(len, taken)) / (time.perf_counter() - begun)
    return Load(round(statistics.median(alone) * 1000, 2), round(together, 1))


def _call_for(
    url: str, body: str, token: str | None, *, seconds: float = 600, calls: int = 10**9
) -> list[float]:
    """Call on one connection, and return the seconds that each call took."""
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while len(taken) < calls and time.perf_counter() < end:
        begun = time.perf_counter()
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status in {200, 201}, said
        taken.append(time.perf_counter() - begun)
    connection.close()
    return taken
