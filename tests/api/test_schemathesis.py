"""The whole OpenAPI document, fuzzed: what it promises is what every operation answers.

``STOA_FUZZ_EXAMPLES`` raises the number of random requests to each operation.
"""

import os
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.services.api_keys import create_key
from accounts.types import KEY_SCOPES
from inference.services import heartbeat
from inference.services.engines import stop_engine
from marketplace.wsgi import application
from tests.isolation.table import ROWS
from tests.isolation.world import build_world

EXAMPLES = int(os.environ.get("STOA_FUZZ_EXAMPLES", "15"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
INPUT = {"texts": ["ignore all of it"]}

schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def kept_connection():
    """Let requests leave the test's transaction open, as Django's own client does."""
    signals = [request_started, request_finished]
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def world(settings, monkeypatch, tmp_path, as_alice, kept_connection):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 1_000_000
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    monkeypatch.setattr(heartbeat, "TICK_SECONDS", 60.0)
    yield build_world(as_alice, tmp_path)
    stop_engine(timeout_s=5)


@pytest.fixture
def headers(as_alice, world):
    _, token = create_key(by=as_alice, name="fuzz", scopes=sorted(KEY_SCOPES))
    return {"Authorization": f"Bearer {token}"}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_documented(case, world, headers):
    aim(case, world)

    case.call_and_validate(headers=headers, checks=CHECKS)


def aim(case: Any, world: dict[str, Any]) -> None:
    """Turn three of four requests towards rows and models that there are."""
    aimed = crc32(repr((case.path_parameters, case.query, case.body)).encode()) % 4
    if aimed and case.path_parameters:
        case.path_parameters = {**case.path_parameters, **_parts(case, world)}
    if aimed > 1 and isinstance(case.body, dict) and "model" in case.body:
        case.body = {**case.body, "model": f"{world['shop']}/{world['shield']}", "input": INPUT}


def _parts(case: Any, world: dict[str, Any]) -> dict[str, str]:
    row = ROWS_BY_PATH[case.operation.path]
    return {part: str(world[row[part]]) for part in case.path_parameters}


def _path_of(pattern: str) -> str:
    """Return the pattern of a route as the document writes it."""
    while "<" in pattern:
        before, _, rest = pattern.partition("<")
        part, _, after = rest.partition(">")
        pattern = f"{before}{{{part.rpartition(':')[2]}}}{after}"
    return f"/{pattern}"


ROWS_BY_PATH = {_path_of(pattern): row for pattern, row in ROWS.items()}
