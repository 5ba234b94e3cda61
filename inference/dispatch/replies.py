"""Answers of workers, brought to the process that waits for them.

Each process has a queue of its own. On Redis it is a subscription, which leaves nothing
behind when the process dies; on AMQP a queue that goes with its connection. What gets lost
costs time only: those who wait also look at the row.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID, uuid4

from celery import current_app
from django.conf import settings
from kombu import Connection, Consumer, Exchange, Queue
from kombu.exceptions import KombuError

from inference.dispatch.messages import Reply

logger = logging.getLogger(__name__)
READY_SECONDS = 3.0
RETRY_SECONDS = 1.0
POLL_SECONDS = 1.0


class Inbox:
    """The replies about one prediction."""

    def __init__(self) -> None:
        self._replies: SimpleQueue[Reply] = SimpleQueue()

    def put(self, reply: Reply) -> None:
        """Add a reply."""
        self._replies.put(reply)

    def get(self, seconds: float) -> Reply | None:
        """Wait for a reply; ``None`` when there is none in time."""
        try:
            return self._replies.get(timeout=seconds)
        except Empty:
            return None


class ReplyHub:
    """Receives this process's replies on a thread and hands them to their inboxes."""

    def __init__(self) -> None:
        self.address = uuid4().hex
        self._process = os.getpid()
        self._inboxes: dict[str, Inbox] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_ready, self._is_closing = threading.Event(), threading.Event()

    @contextmanager
    def inbox(self, prediction_id: UUID) -> Iterator[Inbox]:
        """Collect the replies about a prediction while the block runs."""
        key, inbox = str(prediction_id), Inbox()
        with self._lock:
            self._inboxes[key] = inbox
            self._start()
        self._is_ready.wait(READY_SECONDS)
        try:
            yield inbox
        finally:
            with self._lock:
                self._inboxes.pop(key, None)

    def _start(self) -> None:
        if self._process != os.getpid():  # forked: the queue is the parent's
            self.address, self._process, self._thread = uuid4().hex, os.getpid(), None
            self._is_ready.clear()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._listen, name="stoa-replies", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._is_closing.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(2 * POLL_SECONDS)

    def _listen(self) -> None:
        while not self._is_closing.is_set():
            try:
                with Connection(settings.BROKER.url, **_options()) as connection:
                    self._consume(connection)
            except (KombuError, OSError, *_broker_errors()) as error:
                self._is_ready.clear()
                logger.warning("Replies are read from rows only: %s", type(error).__name__)
                self._is_closing.wait(RETRY_SECONDS)

    def _consume(self, connection: Connection) -> None:
        with Consumer(
            connection.channel(),
            queues=[_queue(self.address)],
            callbacks=[self._take],
            accept=["json"],
            no_ack=True,
        ):
            self._is_ready.set()
            while not self._is_closing.is_set():
                try:
                    connection.drain_events(timeout=POLL_SECONDS)
                except TimeoutError:
                    connection.heartbeat_check()

    def _take(self, body: dict[str, Any], message: object) -> None:
        reply = Reply.from_json(body)
        with self._lock:
            inbox = self._inboxes.get(reply.prediction_id)
        if inbox is not None:
            inbox.put(reply)


hub = ReplyHub()


def send_reply(address: str, reply: Reply) -> None:
    """Tell the process at ``address``; a broker that is down only costs it time."""
    try:
        with current_app.producer_or_acquire() as producer:
            producer.publish(
                reply.as_json(),
                exchange=_exchange(),
                routing_key=address,
                declare=[_exchange()],
                delivery_mode="transient",
                retry=False,
            )
    except (KombuError, OSError, *_broker_errors()) as error:
        logger.warning("A reply was not sent: %s", type(error).__name__)


def _exchange() -> Exchange:
    # On Redis a fanout with a routing key is a plain channel of publish and subscribe.
    kind = "fanout" if settings.BROKER.url.startswith(("redis", "rediss")) else "direct"
    return Exchange("stoa.replies", type=kind, durable=True)


def _queue(address: str) -> Queue:
    return Queue(
        f"stoa.replies.{address}",
        exchange=_exchange(),
        routing_key=address,
        durable=False,
        exclusive=True,
        auto_delete=True,
    )


def _options() -> dict[str, Any]:
    return {"transport_options": settings.BROKER.transport_options, "heartbeat": 30}


def _broker_errors() -> tuple[type[Exception], ...]:
    connection: Connection = current_app.connection_for_write()
    return (*connection.connection_errors, *connection.channel_errors)
