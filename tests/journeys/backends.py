"""The stores that journeys are walked on: database, broker, objects."""

import shutil

import pytest

from tests.journeys.store import S3RVER
from tests.services import AMQP, POSTGRES, REDIS, needs

SERVED_STORES = [
    pytest.param("postgres-redis-moto", marks=[pytest.mark.services, needs(POSTGRES, REDIS)]),
    pytest.param(
        "postgres-rabbitmq-s3rver",
        marks=[
            pytest.mark.services,
            needs(POSTGRES, AMQP),
            pytest.mark.skipif(not shutil.which("rabbitmqctl"), reason="no rabbitmqctl"),
            pytest.mark.skipif(not S3RVER.exists(), reason="npm ci --prefix tests/servers"),
        ],
    ),
]
EVERY_STORE = ["sqlite-embedded-files", *SERVED_STORES]
