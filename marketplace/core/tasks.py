"""Background work: the only task decorator, and enqueueing by name after commit."""

import logging
from collections.abc import Callable
from typing import Any, ParamSpec

from celery import current_app, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
P = ParamSpec("P")
QUEUES: dict[str, str] = {}


def task(*, name: str, queue: str = "default", time_limit: int = 300) -> Callable[..., Any]:
    """Declare a task: late acknowledgement, redelivered when its worker dies, no stored result.

    Tasks take keyword arguments of plain JSON values and must be safe to run twice.
    """

    def declare(function: Callable[P, None]) -> Any:
        QUEUES[name] = queue
        return shared_task(
            name=name,
            acks_late=True,
            reject_on_worker_lost=True,
            ignore_result=True,
            time_limit=time_limit,
            soft_time_limit=max(1, time_limit - 10),
        )(function)

    return declare


def route(name: str, *unused: Any, **more: Any) -> dict[str, str] | None:
    """Return the queue that a task was declared with; Celery asks when none is named."""
    return {"queue": QUEUES[name]} if name in QUEUES else None


def enqueue(name: str, *, queue: str = "default", countdown: float = 0, **kwargs: Any) -> None:
    """Send a task by name once the present transaction has committed.

    The broker only wakes workers; what must not be lost is a row that a sweeper also finds.
    """
    transaction.on_commit(lambda: send(name, queue=queue, countdown=countdown, **kwargs))


def send(name: str, *, queue: str = "default", countdown: float = 0, **kwargs: Any) -> None:
    """Send a task by name at once; a broker that is down is not the caller's error.

    Then the row that the task was about waits for its sweeper.
    """
    try:
        current_app.send_task(
            name,
            kwargs=kwargs,
            queue=queue,
            countdown=countdown or None,
            argsrepr="",
            kwargsrepr="",
        )
    except OperationalError:
        logger.warning("The broker is down; %s was not sent", name)
