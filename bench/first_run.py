"""What a newcomer meets: seconds to the first page and to every listing, memory, second start.

``python -m bench.first_run FOLDER`` keeps the store in FOLDER and prints one JSON object. A
second call with the same folder measures the later start.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import requests

from bench.store import Place, is_seeded

MEBI = 1024 * 1024


def measure(place: Place) -> dict[str, Any]:
    """Start the store, call every listing with its own example, and stop it again.

    Returns seconds until the first page and until every demo listing was there, resident MiB
    after every listing was called, and how each listing's call ended.
    """
    begun = time.monotonic()
    with place.starting() as tree:
        place.wait(tree, place.has_page)
        first_page = time.monotonic() - begun
        place.wait(tree, lambda: is_seeded(tree))
        complete = time.monotonic() - begun
        answers = call_everything(place.url, place.new_key())
        return {
            "first_page_s": round(first_page, 1),
            "every_listing_s": round(complete, 1),
            "resident_mib": tree.resident_bytes() // MEBI,
            "missing": [line for line in tree.said().splitlines() if "missing:" in line],
            "answers": answers,
        }


def call_everything(url: str, token: str) -> dict[str, str]:
    """Call each listing with its example; return how each call ended, by model."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        listed = session.get(f"{url}/api/v1/models", timeout=30).json()["results"]
        return {one["model"]: _call(session, f"{url}/api/v1", one["model"]) for one in listed}


def _call(session: requests.Session, api: str, model: str) -> str:
    number = session.get(f"{api}/models/{model}/versions", timeout=30).json()["results"][0][
        "number"
    ]
    version = session.get(f"{api}/models/{model}/versions/{number}", timeout=30).json()
    body = {"model": model, "input": version["signature"]["example"]}
    made = session.post(f"{api}/predictions", json=body, timeout=120).json()
    return str(made.get("status") or made.get("code"))


if __name__ == "__main__":
    where = Path(sys.argv[1]).resolve()
    where.mkdir(parents=True, exist_ok=True)
    print(json.dumps(measure(Place(where)), indent=1))
