"""A Celery application on the broker that a test names."""

from collections.abc import Callable

import pytest
from celery import Celery

from inference.dispatch import replies


@pytest.fixture
def celery_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let replies be sent through another broker."""

    def use(url: str) -> None:
        monkeypatch.setattr(replies, "current_app", Celery(broker=url, set_as_current=False))

    return use


@pytest.fixture
def make_hub():
    """Make hubs that are closed after the test."""
    made = []

    def make() -> replies.ReplyHub:
        made.append(replies.ReplyHub())
        return made[-1]

    yield make
    for hub in made:
        hub.close()
