"""Examines every part that a marketplace needs."""

import importlib.util
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from marketplace.core.signing import key_id
from marketplace.storefront.demo.seed import has_extra, seeding_progress
from marketplace.storefront.demo.world import EXTRAS

MANAGE = ".venv/bin/python manage.py"
LEAST_FREE_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part; ``cure`` is what to type."""

    part: str
    is_well: bool
    says: str
    cure: str = ""
    is_needed: bool = True


def examine() -> list[Finding]:
    """Look at every part; a part that raises is not well, and says why."""
    return [_guarded(name, look) for name, look in PARTS]


def _guarded(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # a doctor reports whatever it meets
        return Finding(name, False, f"{type(error).__name__}: {error}"[:200])


def _database() -> Finding:
    try:
        plan = MigrationExecutor(connection).migration_plan(
            MigrationExecutor(connection).loader.graph.leaf_nodes()
        )
    except DatabaseError as error:
        return Finding("database", False, str(error), "check DATABASE_URL")
    if plan:
        return Finding(
            "database", False, f"{len(plan)} migrations are not applied", f"{MANAGE} migrate"
        )
    return Finding("database", True, f"{connection.vendor}, all migrations applied")


def _storage() -> Finding:
    storage = storages["artifacts"]
    name = storage.save(f"doctor/{uuid.uuid4()}", ContentFile(b"stoa"))
    with storage.open(name) as stored:
        is_same = stored.read() == b"stoa"
    storage.delete(name)
    kind = type(storage).__name__
    return Finding("artifacts", is_same, f"{kind} writes, reads and deletes")


def _broker() -> Finding:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:
        cure = "make run starts the embedded one; or set BROKER_URL"
        return Finding("broker", False, f"{type(error).__name__}: {error}"[:160], cure)
    return Finding("broker", True, f"{current_app.connection().transport_cls} answers")


def _workers() -> Finding:
    answers = current_app.control.ping(timeout=1.5) if _broker().is_well else []
    cure = "" if answers else "make run, or: celery -A marketplace worker -Q default,pool.cpu"
    return Finding("workers", bool(answers), f"{len(answers)} answer", cure)


def _engine() -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding("engine", False, "torch is not installed", "make setup")
    return Finding("engine", True, f"torch {version('torch')}, device {settings.STOA_DEVICE}")


def _key() -> Finding:
    return Finding("signing key", True, f"key id {key_id()[:16]}")


def _disk() -> Finding:
    free = shutil.disk_usage(Path(settings.DATA_DIR)).free
    return Finding("disk", free > LEAST_FREE_BYTES, f"{free / 2**30:.1f} GiB free")


def _demo() -> Finding:
    live, wanted = seeding_progress()
    cure = "" if live == wanted else f"{MANAGE} seed_demo --allow"
    says = f"{live} of {wanted} listings can be called"
    return Finding("demo models", live == wanted, says, cure, is_needed=False)


def _extras() -> Finding:
    """Say which extras are there; a store is well without them."""
    absent = [name for name in EXTRAS if not has_extra(name)]
    if not absent:
        return Finding("extras", True, f"{', '.join(EXTRAS)}: can be called", is_needed=False)
    cure = f"to add: {MANAGE} seed_demo --allow --with {' '.join(absent)}"
    says = f"{', '.join(absent)}: not added, which is optional"
    return Finding("extras", True, says, cure, is_needed=False)


PARTS = (
    ("database", _database),
    ("artifacts", _storage),
    ("broker", _broker),
    ("workers", _workers),
    ("engine", _engine),
    ("signing key", _key),
    ("disk", _disk),
    ("demo models", _demo),
    ("extras", _extras),
)
