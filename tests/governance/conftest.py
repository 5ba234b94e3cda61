"""A published version that can really be run."""

import pytest

from inference.runtimes.registry import runtime_named
from inference.services.engines import stop_engine
from tests.factories.catalog import published_listing
from tests.inference.runtimes.tiny_others import tiny_encoder


@pytest.fixture
def encoder_version(harbor, tmp_path):
    """A tiny sentence encoder in the store."""
    folder = tiny_encoder(tmp_path / "encoder")
    signature = runtime_named("encoder").signature(folder)
    listing = published_listing(
        organization=harbor,
        folder_or_files=folder,
        runtime="encoder",
        signature={
            "task": signature.task,
            "input_schema": signature.input_schema,
            "output_schema": signature.output_schema,
            "meters": list(signature.meters),
            "example": signature.example,
            "streams": signature.streams,
        },
        task="sentence-embeddings",
    )
    yield listing.versions.get()
    stop_engine()


@pytest.fixture
def sent_tasks(monkeypatch):
    """What would have gone to the broker, as (name, arguments)."""
    sent = []
    monkeypatch.setattr(
        "marketplace.core.tasks.current_app.send_task",
        lambda name, kwargs, **options: sent.append((name, kwargs)),
    )
    return sent
