"""Reads of submissions: for those who write for the author, never of another tenant."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.types import Caller
from authoring.models import Check, Submission, SubmissionFile
from catalog import selectors as catalog
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from catalog.models import Listing, Version


def submissions_of(caller: Caller) -> QuerySet[Submission]:
    """Return the submissions of the caller's organization, newest first, ready to show.

    Raises ``PermissionMissing``, as all reads here.
    """
    caller.require("listings.write")
    checks = Prefetch("checks", Check.objects.order_by("position"))
    related = ("listing__organization", "version", "base_version__listing__organization")
    found: QuerySet[Submission] = (
        Submission.objects.of(caller.organization)
        .select_related(*related)
        .prefetch_related("files", checks)
        .order_by("-created_at", "-id")
    )
    return found


def submissions_of_listing(caller: Caller, listing: "Listing") -> QuerySet[Submission]:
    """Return the submissions of one listing; raises ``NotFound`` for another author's."""
    if not catalog.is_member(listing, caller):
        raise NotFound(kind="listing of yours")
    return submissions_of(caller).filter(listing=listing)


def get_submission(caller: Caller, submission_id: UUID | str) -> Submission:
    """Return one submission of the caller's organization; raises ``NotFound``."""
    found = submissions_of(caller).filter(pk=submission_id).first()
    if found is None:
        raise NotFound(kind="upload")
    return found


def get_file(caller: Caller, submission_id: UUID | str, path: str) -> SubmissionFile:
    """Return one file of a submission of the caller's organization; raises ``NotFound``."""
    caller.require("listings.write")
    rows = SubmissionFile.objects.select_related("submission__listing__organization")
    found = rows.filter(
        submission__organization=caller.organization, submission_id=submission_id, path=path
    ).first()
    if found is None:
        raise NotFound(kind="file of this name")
    return found


def own_listing(caller: Caller, owner: str, name: str) -> "Listing":
    """Return a listing that the caller writes for; raises ``NotFound`` for another author's."""
    caller.require("listings.write")
    listing = catalog.get_listing(owner, name, viewer=caller)
    if not catalog.is_member(listing, caller):
        raise NotFound(kind="listing of yours")
    return listing


def base_named(caller: Caller, model: str) -> "Version":
    """Return the version that ``owner/name:1.0.0`` or ``owner/name@channel`` names.

    Raises ``NoSuchModel`` and ``NotFound``.
    """
    wanted = catalog.parse(model)
    listing = catalog.get_listing(wanted.owner, wanted.name, viewer=caller)
    if wanted.version:
        return catalog.version_by_number(listing, wanted.version, viewer=caller)
    current = catalog.current_version(listing, wanted.channel or "stable")
    if current is None:
        raise NotFound(kind=f"version to be called of {listing.model_id}")
    return current
