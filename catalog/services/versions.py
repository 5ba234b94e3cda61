"""Versions: added once, published, taken out of service, never changed."""

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from catalog.errors import DerivativesForbidden
from catalog.models import (
    Artifact,
    ChannelTarget,
    Listing,
    ListingState,
    Relation,
    Version,
    VersionFile,
    VersionState,
)
from catalog.services import fields
from catalog.services.lineage import add_edge
from catalog.services.rights import require_author, require_operator
from catalog.types import VersionFileRef
from marketplace.core.clock import now
from marketplace.core.errors import Conflict, FieldProblem, InvalidInput
from marketplace.core.model_signing import root_digest, sign_manifest
from marketplace.core.storage import has_blob

SHA256 = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def add_version(
    *,
    by: Caller | None,
    listing: Listing,
    number: str,
    runtime: str,
    signature: dict[str, Any],
    files: Sequence[VersionFileRef],
    parameter_count: int = 0,
    base: Version | None = None,
    relation: str = "",
    notes: str = "",
) -> Version:
    """Add immutable content whose bytes are stored already, signed by the operator's key.

    With a ``base`` the lineage is recorded (``relation``, an adapter by default); only an
    adapter is loaded on top of its base. Raises ``PermissionMissing``, ``InvalidInput``
    naming each wrong field, and ``DerivativesForbidden``.
    """
    require_author(by, listing)
    relation = relation or (Relation.ADAPTER if base else "")
    fields.refuse(_problems(listing, number, files, notes, base, relation))
    _refuse_forbidden_base(listing, base)
    version = _write(
        Version(
            organization=listing.organization,
            listing=listing,
            number=number,
            runtime=runtime,
            signature=signature,
            parameter_count=parameter_count,
            base=base if relation == Relation.ADAPTER else None,
            notes=notes,
        ),
        files,
    )
    if base is not None:
        add_edge(by=by, child=version, parent=base, relation=relation)
    _audit("version.add", by, version, digest=version.digest, number=number)
    return version


def _write(version: Version, files: Sequence[VersionFileRef]) -> Version:
    pairs = [(file.path, file.sha256) for file in files]
    listing = version.listing
    version.digest = root_digest(pairs)
    version.size_bytes = sum(file.size for file in files)
    kept = Version.objects.exclude(state=VersionState.DISCARDED)
    same = kept.filter(listing=listing, digest=version.digest).first()
    if same is not None:
        message = f"These are the very bytes of version {same.number}."
        raise InvalidInput([FieldProblem("files", message, "unique")])
    version.bundle = sign_manifest(pairs, name=f"{listing.model_id}:{version.number}")
    version.save()
    Artifact.objects.bulk_create(
        {file.sha256: Artifact(sha256=file.sha256, size=file.size) for file in files}.values(),
        ignore_conflicts=True,
    )
    VersionFile.objects.bulk_create(
        VersionFile(version=version, path=file.path, artifact_id=file.sha256) for file in files
    )
    return version


def _problems(
    listing: Listing,
    number: str,
    files: Sequence[VersionFileRef],
    notes: str,
    base: Version | None,
    relation: str,
) -> Iterable[FieldProblem]:
    yield from fields.number_problems(number)
    yield from fields.text_problems(Version, {"notes": notes})
    kept = Version.objects.exclude(state=VersionState.DISCARDED)
    if kept.filter(listing=listing, number=number).exists():
        yield FieldProblem("number", f"Version {number} is there already.", "unique")
    if base is not None and relation not in Relation.values:
        yield FieldProblem("relation", f"Choose of {', '.join(Relation.values)}.", "choice")
    if base is None and relation:
        yield FieldProblem("relation", "Name the base version too.", "required")
    yield from _file_problems(files)


def _file_problems(files: Sequence[VersionFileRef]) -> Iterable[FieldProblem]:
    if not files:
        yield FieldProblem("files", "A version has at least one file.", "required")
    seen = set()
    for place, file in enumerate(files):
        field = f"files.{place}"
        if not is_plain_path(file.path) or file.path in seen:
            yield FieldProblem(f"{field}.path", f"{file.path!r} is not a fresh relative path.")
        seen.add(file.path)
        if not SHA256.fullmatch(file.sha256):
            yield FieldProblem(f"{field}.sha256", "64 lower-case hexadecimal characters.")
        elif not has_blob(file.sha256):
            yield FieldProblem(f"{field}.sha256", f"The bytes of {file.path} are not stored.")


def is_plain_path(path: str) -> bool:
    """Tell whether a path stays inside a version's folder on every system."""
    plain = re.fullmatch(r"[A-Za-z0-9._/-]{1,200}", path) is not None
    return plain and not path.startswith(("/", "..")) and posixpath.normpath(path) == path


def _refuse_forbidden_base(listing: Listing, base: Version | None) -> None:
    if base is None or base.organization_id == listing.organization_id:
        return
    is_public = base.listing.state == ListingState.PUBLISHED
    if not is_public or base.state != VersionState.PUBLISHED:
        message = "There is no such published version to build on."
        raise InvalidInput([FieldProblem("base", message, "not_found")])
    if not base.listing.license.allows_derivatives:
        raise DerivativesForbidden(base=str(base), license=base.listing.license.spdx_id)


@transaction.atomic
def publish_version(*, by: Caller | None, version: Version) -> Version:
    """Let channels and buyers reach a version."""
    require_author(by, version.listing)
    if version.state == VersionState.QUARANTINED:
        require_operator(by)
    return _move(by, version, VersionState.PUBLISHED, "version.publish")


@transaction.atomic
def retire_version(*, by: Caller | None, version: Version, reason: str = "") -> Version:
    """Take a version out of service; raises ``Conflict`` while a channel points at it."""
    require_author(by, version.listing)
    pointing = ChannelTarget.objects.filter(version=version).select_related("channel").first()
    if pointing is not None:
        raise Conflict(
            reason=f"The channel {pointing.channel} points at {version.number}; move it first."
        )
    return _move(by, version, VersionState.RETIRED, "version.retire", reason)


@transaction.atomic
def discard_version(*, by: Caller | None, version: Version) -> Version:
    """Give up a draft that was never published; its number and its bytes are free again.

    Raises ``PermissionMissing``, and ``IllegalTransition`` for any but a ready version.
    """
    require_author(by, version.listing)
    return _move(by, version, VersionState.DISCARDED, "version.discard")


@transaction.atomic
def quarantine_version(*, by: Caller | None, version: Version, reason: str) -> Version:
    """Refuse calls of a version, and of adapters on it, until an operator restores it."""
    require_operator(by)
    if not reason.strip():
        raise InvalidInput([FieldProblem("reason", "Say why, for the author to read.")])
    return _move(by, version, VersionState.QUARANTINED, "version.quarantine", reason.strip())


@transaction.atomic
def restore_version(*, by: Caller | None, version: Version) -> Version:
    """End a quarantine: published again if it was, else ready."""
    require_operator(by)
    if version.state != VersionState.QUARANTINED:
        raise Conflict(reason=f"{version} is {version.state}, not quarantined.")
    state = VersionState.PUBLISHED if version.published_at else VersionState.READY
    return _move(by, version, state, "version.restore")


def _move(
    by: Caller | None, version: Version, state: VersionState, action: str, reason: str = ""
) -> Version:
    old = version.state
    version.move_to(state, reason=reason)
    if state == VersionState.PUBLISHED:
        version.published_at = version.published_at or now()
    version.save(update_fields=["state", "state_reason", "published_at", "updated_at"])
    _audit(action, by, version, old=old, new=str(state), reason=reason)
    return version


def _audit(action: str, by: Caller | None, version: Version, **data: Any) -> None:
    audit.record(action, by=by, target=version, organization=version.listing.organization, **data)
