"""From examined files to a signed version of the catalog."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from authoring.errors import CheckFailed
from authoring.services.examination import Examination
from catalog.services import lineage, versions
from catalog.types import VersionFileRef
from inference.runtimes.base import Runtime, Signature
from marketplace.core.errors import DomainError
from marketplace.core.model_signing import root_digest
from marketplace.core.storage import put_file

if TYPE_CHECKING:
    from catalog.models import Version

LOADED_ON_BASE = {"check": "loaded on its base and run, in a confined process"}


def sign(examination: Examination) -> "Version":
    """Store the examined bytes and add the version they make; twice gives the same version.

    Raises ``CheckFailed`` with what the catalog refuses.
    """
    submission, runtime, signature = (
        examination.submission,
        examination.runtime,
        examination.signature,
    )
    if submission.version is not None:
        _require_same(submission.version, examination)
        return submission.version
    if runtime is None or signature is None:
        raise CheckFailed("The structure was not checked.")
    files = _store(examination)
    try:
        return _add(examination, runtime, signature, files)
    except DomainError as error:
        raise CheckFailed(error.detail) from None


def _require_same(version: "Version", examination: Examination) -> None:
    if version.digest != root_digest(examination.digests.items()):
        raise CheckFailed("The bytes are not those that were signed for this number.")


def _store(examination: Examination) -> list[VersionFileRef]:
    stored = []
    for file in examination.files:
        examination.hold()
        blob = put_file(examination.folder / file.path)
        if blob.sha256 != file.sha256:
            raise CheckFailed(f"{file.path} changed on this machine. Run the checks again.")
        stored.append(VersionFileRef(path=file.path, sha256=blob.sha256, size=blob.size))
    return stored


@transaction.atomic
def _add(
    examination: Examination,
    runtime: type[Runtime],
    signature: Signature,
    files: list[VersionFileRef],
) -> "Version":
    examination.hold()
    submission = examination.submission
    version = versions.add_version(
        by=None,
        listing=submission.listing,
        number=submission.number,
        runtime=runtime.name,
        signature=_as_json(signature),
        files=files,
        parameter_count=sum(one.parameters for one in examination.found),
        base=submission.base_version,
        relation=submission.relation,
        notes=submission.notes,
    )
    if submission.base_version is not None and submission.relation == "adapter":
        lineage.add_edge(
            by=None,
            child=version,
            parent=submission.base_version,
            relation="adapter",
            is_measured=True,
            evidence=LOADED_ON_BASE,
        )
    submission.version = version
    submission.save(update_fields=["version", "updated_at"])
    return version


def _as_json(signature: Signature) -> dict[str, Any]:
    return {**asdict(signature), "meters": list(signature.meters)}
