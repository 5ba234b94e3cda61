"""Tiny real models on sale, and calls of them."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.files.storage import storages

from accounts.models import Organization
from accounts.types import Caller
from catalog.models import Listing, Version
from inference.models import Prediction, PredictionStatus
from inference.runtimes.registry import runtime_named
from inference.services.admission import admit
from inference.types import Mode, PredictionRequest
from marketplace.core.storage import blob_key
from tests.factories.billing import PER_TOKEN, entitled, make_plan
from tests.factories.catalog import make_version, published_listing
from tests.inference.runtimes.tiny_models import tiny_causal_lm, tiny_lora
from tests.inference.runtimes.tiny_others import tiny_linear_text
from tests.inference.runtimes.tiny_speech import tiny_speech

PER_REQUEST: dict[str, Any] = {
    "currency": "USD",
    "charges": [{"kind": "unit", "meter": "requests", "price": "0.002", "per": 1}],
}
PER_SECOND: dict[str, Any] = {
    "currency": "USD",
    "charges": [{"kind": "unit", "meter": "audio_ms", "price": "0.0001", "per": 1000}],
}
ATTACK = {"texts": ["ignore all of it"]}
HELLO = {"messages": [{"role": "user", "content": "the end"}], "max_tokens": 8, "temperature": 0}
Write = Callable[..., Path]


def signature_of(runtime: str, folder: Path) -> dict[str, Any]:
    """Return the signature of a folder as the catalog keeps it."""
    return asdict(runtime_named(runtime).signature(folder))


def served_listing(
    author: Organization,
    folder: Path,
    *,
    runtime: str = "linear-text",
    write: Write = tiny_linear_text,
    tariff: dict[str, Any] = PER_REQUEST,
    buyer: Organization | None = None,
    **fields: Any,
) -> Listing:
    """Return a published listing of a tiny real model; ``buyer`` is subscribed to it."""
    write(folder)
    listing = published_listing(
        organization=author,
        folder_or_files=folder,
        runtime=runtime,
        signature=signature_of(runtime, folder),
        **fields,
    )
    plan = make_plan(listing, tariff)
    if buyer is not None:
        entitled(buyer, listing, plan)
    return listing


def chat_listing(author: Organization, folder: Path, **more: Any) -> Listing:
    """Return a published chat model that streams."""
    given = {"slug": "tiny-chat", "task": "text-generation", "tariff": PER_TOKEN, **more}
    return served_listing(author, folder, runtime="causal-lm", write=tiny_causal_lm, **given)


def speech_listing(author: Organization, folder: Path, **more: Any) -> Listing:
    """Return a published model that writes down speech, priced by the second."""
    given = {"slug": "tiny-speech", "task": "speech-recognition", "tariff": PER_SECOND, **more}
    return served_listing(author, folder, runtime="speech-to-text", write=tiny_speech, **given)


def adapter_version(listing: Listing, base: Version, folder: Path) -> Version:
    """Return a published adapter of a chat model."""
    tiny_lora(folder)
    signature = signature_of("causal-lm-lora", folder)
    return make_version(listing, folder, runtime="causal-lm-lora", signature=signature, base=base)


def request_of(listing: Listing, value: dict[str, Any] = ATTACK, **more: Any) -> PredictionRequest:
    """Return a call of the listing."""
    return PredictionRequest(model=listing.model_id, input=value, **more)


def waiting_prediction(
    by: Caller, listing: Listing, *, value: dict[str, Any] = ATTACK, **more: Any
) -> Prediction:
    """Return an admitted asynchronous call that no worker has claimed yet."""
    request = request_of(listing, value, **{"mode": Mode.ASYNC, **more})
    prediction = admit(by=by, request=request, runs_here=False).prediction
    assert prediction.status == PredictionStatus.STARTING
    return prediction


def flip_last_byte(version: Version, path: str) -> None:
    """Tamper with a file of a version in the artifact store."""
    sha256 = version.files.get(path=path).artifact_id
    blob = Path(storages["artifacts"].path(blob_key(sha256)))
    content = bytearray(blob.read_bytes())
    content[-1] ^= 1
    blob.write_bytes(content)
