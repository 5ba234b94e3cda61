"""What a newcomer meets: seconds to the first page and to every listing, memory, second start.

``python -m bench.first_run FOLDER`` keeps the store in FOLDER and prints one JSON object. A
second call with the same folder measures the later start.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from bench.processes import ROOT, Tree

PATIENCE_SECONDS = 900
MEBI = 1024 * 1024


def measure(folder: Path) -> dict[str, Any]:
    """Start the store, call every listing with its own example, and stop it again.

    Returns seconds until the first page and until every demo listing was there, resident MiB
    after every listing was called, and each listing's answer.
    """
    port = _free_port()
    place = {"STOA_DATA_DIR": str(folder), "PORT": str(port), "OMP_NUM_THREADS": "1"}
    url, begun = f"http://127.0.0.1:{port}", time.monotonic()
    tree = Tree(folder / "run.log", **place)
    try:
        _until(lambda: _has_page(url), tree)
        first_page = time.monotonic() - begun
        _until(lambda: _is_seeded(tree), tree)
        complete = time.monotonic() - begun
        answers = call_everything(url, _new_key(place))
        return {
            "first_page_s": round(first_page, 1),
            "every_listing_s": round(complete, 1),
            "resident_mib": tree.resident_bytes() // MEBI,
            "missing": [line for line in tree.said().splitlines() if "missing:" in line],
            "answers": answers,
        }
    finally:
        tree.stop()


def call_everything(url: str, token: str) -> dict[str, str]:
    """Call each listing with its example; return how each call ended, by model."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        listed = session.get(f"{url}/api/v1/models", timeout=30).json()["results"]
        return {one["model"]: _call(session, url, one["model"]) for one in listed}


def _call(session: requests.Session, url: str, model: str) -> str:
    versions = session.get(f"{url}/api/v1/models/{model}/versions", timeout=30).json()
    number = versions["results"][0]["number"]
    version = session.get(f"{url}/api/v1/models/{model}/versions/{number}", timeout=30).json()
    plan = session.get(f"{url}/api/v1/models/{model}/plans", timeout=30).json()["results"][0]
    wanted = {"model": model, "plan": plan["code"]}
    session.post(f"{url}/api/v1/subscriptions", json=wanted, timeout=30)
    body = {"model": model, "input": version["signature"]["example"]}
    made = session.post(f"{url}/api/v1/predictions", json=body, timeout=120).json()
    return str(made.get("status") or made.get("code"))


def _new_key(place: dict[str, str]) -> str:
    named = ["--organization", "demo-buyer", "--name", "Bench"]
    return subprocess.run(
        [sys.executable, "manage.py", "create_api_key", *named],
        cwd=ROOT,
        env={**os.environ, **place},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def _is_seeded(tree: Tree) -> bool:
    return (
        re.search(r"^ *models \| (\[(\d+)/\2\].*: ready|Add them later)", tree.said(), re.M)
        is not None
    )


def _has_page(url: str) -> bool:
    try:
        return requests.get(url, timeout=10).status_code == 200
    except requests.RequestException:
        return False


def _until(found: Callable[[], bool], tree: Tree) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not found():
        if time.monotonic() > deadline or tree.process.poll() is not None:
            raise SystemExit(f"The store did not get there:\n{tree.said()[-3000:]}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    where = Path(sys.argv[1]).resolve()
    where.mkdir(parents=True, exist_ok=True)
    print(json.dumps(measure(where), indent=1))
