"""People who use a store without a browser: forms and the API over HTTP, nothing else."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from tests.journeys.store import until

HANA, PASSWORD = "hana@harbor.example", "correct horse battery"
FINAL = {"succeeded", "failed", "canceled"}
HELLO = {"messages": [{"role": "user", "content": "the end"}], "max_tokens": 24, "temperature": 0}
ROW = {"rows": [{"age": 50, "work": "Private"}]}
PER_REQUEST = {
    "currency": "USD",
    "charges": [{"kind": "unit", "meter": "requests", "price": "0.002", "per": 1}],
}


class Person:
    """Somebody with a session of forms, and an API key once ``make_key`` was called."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.browser, self.api = requests.Session(), requests.Session()

    def close(self) -> None:
        """Close both sessions."""
        self.browser.close()
        self.api.close()

    def submit(self, path: str, **fields: Any) -> requests.Response:
        """Open a page and send its form."""
        page = self.browser.get(self.url + path, timeout=30)
        assert page.status_code == 200, f"{path}: {page.status_code}"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None, f"{path} has no form"
        sent = {**fields, "csrfmiddlewaretoken": token[1]}
        return self.browser.post(
            self.url + path, data=sent, headers={"Referer": self.url}, timeout=30
        )

    def sign_up(self, email: str) -> None:
        """Open an account."""
        answer = self.submit("/accounts/signup/", name="Nora", email=email, password1=PASSWORD)
        assert answer.status_code == 200
        assert "/accounts/" not in answer.url, answer.url

    def sign_in(self, email: str) -> None:
        """Sign in with the password that everybody has here."""
        answer = self.submit("/accounts/login/", login=email, password=PASSWORD)
        assert "/accounts/" not in answer.url, answer.url

    def make_key(self) -> str:
        """Make a key on its page; from now on the API is called with it."""
        scopes = ["predictions.run", "predictions.read", "usage.read", "billing.manage"]
        page = self.submit(
            "/keys/new/", name="Journey", mode="live", scopes=[*scopes, "listings.write"]
        )
        token = re.search(r'id="new-key">(stoa_live_\w+)<', page.text)
        assert token is not None, page.text[-2000:]
        self.api.headers["Authorization"] = f"Bearer {token[1]}"
        return token[1]

    def ask(self, method: str, path: str, expected: int, **more: Any) -> Any:
        """Call the API and return what it answered."""
        answer = self.api.request(method, f"{self.url}/api/v1{path}", timeout=90, **more)
        assert answer.status_code == expected, f"{path}: {answer.status_code} {answer.text[:1500]}"
        return answer.json() if answer.content else None

    def call(self, model: str, value: dict[str, Any], **more: Any) -> Any:
        """Call a model and return the finished prediction."""
        sent = {"model": model, "input": value, **more}
        return self.ask("POST", "/predictions", 201, json=sent)

    def start(self, model: str, value: dict[str, Any], **more: Any) -> Any:
        """Call a model without waiting for it."""
        sent = {"model": model, "input": value, **more}
        return self.ask("POST", "/predictions", 202, json=sent, headers={"Prefer": "respond-async"})

    def outcome(self, prediction: Any, seconds: float = 60) -> Any:
        """Wait for the end of a call and return it."""
        path = f"/predictions/{prediction['id']}"

        def final() -> Any:
            found = self.ask("GET", path, 200)
            return found if found["status"] in FINAL else None

        return until(final, seconds=seconds)

    def stream(self, model: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Call a model and yield its events as they come."""
        sent = {"model": model, "input": value, "stream": True}
        url = f"{self.url}/api/v1/predictions"
        with self.api.post(url, json=sent, stream=True, timeout=90) as answer:
            assert answer.status_code == 200, answer.text
            kind = ""
            for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield kind, json.loads(line.removeprefix("data: "))

    def upload(self, model: str, number: str, folder: Path) -> Any:
        """Announce a version, send its files, and wait until the checks have ended."""
        files = sorted(folder.iterdir())
        opened = self.ask(
            "POST",
            f"/models/{model}/submissions",
            201,
            json={"number": number, "files": [_announced(path) for path in files]},
        )
        place = f"/submissions/{opened['id']}"
        raw = {"Content-Type": "application/octet-stream"}
        for path in files:
            self.ask("PUT", f"{place}/files/{path.name}", 200, data=path.read_bytes(), headers=raw)
        self.ask("POST", f"{place}/complete", 202)
        return until(lambda: self._examined(place), seconds=180)

    def price(self, model: str) -> None:
        """Sell a model by the request."""
        plan = {"code": "standard", "name": "Pay as you go", "kind": "payg"}
        self.ask("POST", f"/models/{model}/plans", 201, json={**plan, "tariff": PER_REQUEST})

    def _examined(self, place: str) -> Any:
        found = self.ask("GET", place, 200)
        return found if found["state"] not in {"uploading", "checking"} else None


def _announced(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"path": path.name, "size": path.stat().st_size, "sha256": digest}
