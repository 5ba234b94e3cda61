"""Listings and versions, made through the services with real blobs."""

import io
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from accounts.models import Membership, Organization
from accounts.selectors import caller_for
from accounts.types import Caller
from catalog.models import Listing, Version
from catalog.services.channels import point
from catalog.services.listings import create_listing, publish_listing
from catalog.services.versions import add_version, publish_version
from catalog.types import VersionFileRef
from marketplace.core.storage import put_blob, put_file

NUMBERS = count(1)
SIGNATURE = {
    "task": "text-classification",
    "input_schema": {
        "type": "object",
        "properties": {"text": {"type": "string", "maxLength": 2000}},
        "required": ["text"],
        "additionalProperties": False,
    },
    "output_schema": {"type": "object", "properties": {"label": {"type": "string"}}},
    "meters": ["requests"],
    "example": {"text": "Hello"},
    "streams": False,
}
Files = Path | Mapping[str, bytes] | None


def author_of(organization: Organization) -> Caller:
    """Return an owner of the organization as a caller."""
    members = Membership.objects.select_related("organization", "user")
    return caller_for(members.filter(organization=organization, role="owner")[0])


def make_listing(*, organization: Organization, **fields: Any) -> Listing:
    """Create a draft listing."""
    number = next(NUMBERS)
    given = {
        "name": f"Model {number}",
        "slug": f"model-{number}",
        "task": "text-classification",
        "license_spdx": "Apache-2.0",
        "summary": "Says what a text is about.",
    }
    return create_listing(by=author_of(organization), **{**given, **fields})


def store_files(files: Files = None) -> tuple[VersionFileRef, ...]:
    """Store a folder's files, or the given bytes, or some that are like no others."""
    if isinstance(files, Path):
        paths = sorted(path for path in files.rglob("*") if path.is_file())
        blobs = {path.relative_to(files).as_posix(): put_file(path) for path in paths}
    else:
        content = files or {"config.json": b'{"n": %d}' % next(NUMBERS)}
        blobs = {path: put_blob(io.BytesIO(data)) for path, data in content.items()}
    return tuple(VersionFileRef(path, blob.sha256, blob.size) for path, blob in blobs.items())


def make_version(
    listing: Listing,
    folder_or_files: Files = None,
    *,
    runtime: str = "linear-text",
    number: str = "",
    signature: Mapping[str, Any] = SIGNATURE,
    is_published: bool = True,
    **fields: Any,
) -> Version:
    """Add a version with real blobs, published unless told otherwise."""
    by = author_of(listing.organization)
    version = add_version(
        by=by,
        listing=listing,
        number=number or f"1.{listing.versions.count()}.0",
        runtime=runtime,
        signature=dict(signature),
        files=store_files(folder_or_files),
        **fields,
    )
    return publish_version(by=by, version=version) if is_published else version


def published_listing(
    *,
    organization: Organization,
    folder_or_files: Files = None,
    runtime: str = "linear-text",
    signature: Mapping[str, Any] = SIGNATURE,
    parameter_count: int = 1000,
    **fields: Any,
) -> Listing:
    """Create a listing in the store, whose channel ``stable`` points at its version 1.0.0."""
    listing = make_listing(organization=organization, **fields)
    version = make_version(
        listing,
        folder_or_files,
        runtime=runtime,
        signature=signature,
        parameter_count=parameter_count,
    )
    by = author_of(organization)
    point(by=by, listing=listing, targets=[(version, 100)])
    return publish_listing(by=by, listing=listing)
