"""A real HTTP server on loopback that takes webhooks and says what it is told to say."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """What arrived, and the statuses to answer with; the last one is repeated."""

    def __init__(self) -> None:
        self.statuses = [200]
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.url = ""
        self.location = ""

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """Keep a request and answer it."""
        length = int(handler.headers.get("Content-Length", 0))
        self.bodies.append(handler.rfile.read(length))
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        handler.send_response(status)
        if self.location:
            handler.send_header("Location", self.location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver while the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
