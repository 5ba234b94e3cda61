"""Calls at a steady rate, from threads, while something else goes on."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

THREADS = 24


@dataclass
class Answers:
    """Every answer in the order in which its call began: its status and its document."""

    asked: int = 0
    given: list[tuple[int, int, Any]] = field(default_factory=list)

    def failed(self) -> list[Any]:
        """Return the answers of calls that did not succeed."""
        return [
            (code, said)
            for _, code, said in self.given
            if code != 201 or said["status"] != "succeeded"
        ]

    def digests(self) -> list[str]:
        """Return which version answered each call."""
        return [said["version"]["digest"] for _, _, said in sorted(self.given, key=_by_place)]


def _by_place(answer: tuple[int, int, Any]) -> int:
    return answer[0]


@contextmanager
def calling(url: str, token: str, body: dict[str, Any], *, per_second: int) -> Iterator[Answers]:
    """Call a model all the time while the block runs; then wait for the last answers."""
    answers, is_over = Answers(), threading.Event()
    local = threading.local()

    def call(place: int) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            sessions.append(local.session)
        headers = {"Authorization": f"Bearer {token}"}
        answer = local.session.post(
            f"{url}/api/v1/predictions", json=body, headers=headers, timeout=60
        )
        answers.given.append((place, answer.status_code, answer.json()))

    def pace(pool: ThreadPoolExecutor) -> None:
        start = time.monotonic()
        while not is_over.wait(max(0.0, start + answers.asked / per_second - time.monotonic())):
            futures.append(pool.submit(call, answers.asked))
            answers.asked += 1

    sessions: list[requests.Session] = []
    futures: list[Any] = []
    with ThreadPoolExecutor(THREADS) as pool:
        pacer = threading.Thread(target=pace, args=(pool,))
        pacer.start()
        try:
            yield answers
        finally:
            is_over.set()
            pacer.join()
    for session in sessions:
        session.close()
    for future in futures:
        future.result()
