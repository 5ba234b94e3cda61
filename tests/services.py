"""Real services on loopback: where they are, and whether they answer."""

import os
import socket
from urllib.parse import urlsplit

import pytest

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
AMQP = os.environ.get("TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672//")


def answers(url: str) -> bool:
    """Tell whether something listens at the address."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1):
            return True
    except OSError:
        return False


def needs(*urls: str) -> pytest.MarkDecorator:
    """Skip a test where one of these does not answer."""
    missing = [urlsplit(url).scheme for url in urls if not answers(url)]
    return pytest.mark.skipif(bool(missing), reason=f"no {', '.join(missing)} on loopback")
