"""What the authoring tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Membership, User
from accounts.types import Caller
from tests.conftest import browser_of


@pytest.fixture
def many_threads(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that threads share as they do under ``make run``: SQLite in a file.

    The usual test database lies in memory, where two connections refuse each other.
    """
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    file = str(tmp_path / "threads.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [file])
    memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection, connection.settings_dict["NAME"] = None, file
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = memory, name


@pytest.fixture
def viewer_browser(as_hana: Caller) -> Client:
    """A member of Harbor who only looks."""
    viewer = User.objects.create_user("vera@harbor.example", "correct horse battery")
    Membership.objects.create(organization=as_hana.organization, user=viewer, role="viewer")
    return browser_of(viewer)
