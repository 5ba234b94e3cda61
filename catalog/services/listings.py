"""Listings: made, changed, shown, taken back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Organization
from accounts.services import audit
from accounts.types import Caller
from catalog.models import ChannelTarget, Listing, ListingState, Tag, VersionState
from catalog.search import index
from catalog.services import fields
from catalog.services.licenses import ensure_license
from catalog.services.rights import require_author, require_operator
from marketplace.core.clock import now
from marketplace.core.errors import Conflict, FieldProblem, InvalidInput

TEXTS = frozenset({"name", "summary", "description", "intended_use", "limitations", "restrictions"})
CHANGEABLE = TEXTS | {"task", "license_spdx", "tags", "languages", "is_exportable"}
FACETS = frozenset(
    {
        "hardware",
        "price_kinds",
        "price_line",
        "has_free_plan",
        "latency_p50_ms",
        "prediction_count",
        "measured_count",
    }
)
COUNTED = frozenset({"hardware", "price_kinds", "has_free_plan", "latency_p50_ms"})


@transaction.atomic
def create_listing(
    *,
    by: Caller | None,
    name: str,
    slug: str,
    task: str,
    license_spdx: str,
    summary: str = "",
    tags: Sequence[str] = (),
    languages: Sequence[str] = (),
    organization: Organization | None = None,
    **texts: Any,
) -> Listing:
    """Create a draft of the caller's organization; the platform names the ``organization``.

    ``texts`` may hold description, intended_use, limitations, restrictions, is_exportable.
    Raises ``PermissionMissing``, and ``InvalidInput`` naming each wrong field.
    """
    owner = _owner(by, organization)
    changes = {"name": name, "summary": summary or name, "task": task, "tags": tags}
    changes |= {"license_spdx": license_spdx, "languages": languages, **texts}
    fields.refuse([*_slug_problems(owner, slug), *_problems(changes)])
    listing = Listing(organization=owner, slug=slug)
    _apply(listing, changes)
    audit.record("listing.create", by=by, target=listing, organization=owner, slug=slug, task=task)
    return listing


def _owner(by: Caller | None, organization: Organization | None) -> Organization:
    if by is None:
        if organization is None:
            raise ValueError("the platform must name the organization of a listing")
        return organization
    by.require("listings.write")
    return by.organization


def _slug_problems(owner: Organization, slug: str) -> list[FieldProblem]:
    found = list(fields.slug_problems("slug", slug, longest=60))
    if not found and Listing.objects.of(owner).filter(slug=slug).exists():
        found.append(FieldProblem("slug", f"{owner.slug}/{slug} is taken.", "unique"))
    return found


@transaction.atomic
def update_listing(*, by: Caller | None, listing: Listing, **changes: Any) -> Listing:
    """Change texts, task, license_spdx, tags, languages or is_exportable.

    Raises ``PermissionMissing``, and ``InvalidInput`` naming each wrong field.
    """
    require_author(by, listing)
    fields.refuse(_problems(changes))
    before = {name: _present(listing, name) for name in changes}
    _apply(listing, changes)
    changed = sorted(name for name in changes if before[name] != _present(listing, name))
    if changed:
        audit.record(
            "listing.update",
            by=by,
            target=listing,
            organization=listing.organization,
            changed=changed,
        )
    return listing


def _present(listing: Listing, name: str) -> Any:
    if name == "tags":
        return sorted(tag.slug for tag in listing.tags.all())
    if name == "license_spdx":
        return listing.license.spdx_id
    return getattr(listing, name)


def _problems(changes: dict[str, Any]) -> list[FieldProblem]:
    unknown = sorted(set(changes) - CHANGEABLE)
    found = [FieldProblem(name, "There is no such field to change.") for name in unknown]
    found += fields.text_problems(Listing, {k: v for k, v in changes.items() if k in TEXTS})
    if "task" in changes:
        found += fields.task_problems(changes["task"])
    found += fields.tag_problems(changes.get("tags", ()))
    found += fields.language_problems(changes.get("languages", ()))
    return found


def _apply(listing: Listing, changes: dict[str, Any]) -> None:
    plain = {k: v for k, v in changes.items() if k not in {"tags", "license_spdx", "languages"}}
    for name, value in plain.items():
        setattr(listing, name, value.strip() if isinstance(value, str) else value)
    if "languages" in changes:
        listing.languages = list(dict.fromkeys(changes["languages"]))
    if "license_spdx" in changes:
        listing.license = ensure_license(changes["license_spdx"])
    listing.save()
    if "tags" in changes:
        listing.tags.set([_tag(slug) for slug in dict.fromkeys(changes["tags"])])
    index.refresh(listing)


def _tag(slug: str) -> Tag:
    return Tag.objects.get_or_create(slug=slug)[0]


@transaction.atomic
def publish_listing(
    *, by: Caller | None, listing: Listing, before_first_version: bool = False
) -> Listing:
    """Show a listing to everybody.

    Raises ``Conflict`` when no channel points at a published version, unless the listing
    is announced before its first version arrives.
    """
    require_author(by, listing)
    if not before_first_version and not _has_something_to_call(listing):
        raise Conflict(reason="Publish a version and point the channel stable at it first.")
    listing.published_at = listing.published_at or now()
    return _move(by, listing, ListingState.PUBLISHED, "listing.publish")


def _has_something_to_call(listing: Listing) -> bool:
    targets = ChannelTarget.objects.filter(channel__listing=listing)
    return targets.filter(version__state=VersionState.PUBLISHED).exists()


@transaction.atomic
def retire_listing(*, by: Caller | None, listing: Listing, reason: str = "") -> Listing:
    """Take a listing out of the store; its author still sees it."""
    require_author(by, listing)
    return _move(by, listing, ListingState.RETIRED, "listing.retire", reason)


@transaction.atomic
def quarantine_listing(*, by: Caller | None, listing: Listing, reason: str) -> Listing:
    """Hide a listing and refuse its calls until an operator restores it."""
    require_operator(by)
    if not reason.strip():
        raise InvalidInput([FieldProblem("reason", "Say why, for the author to read.")])
    return _move(by, listing, ListingState.QUARANTINED, "listing.quarantine", reason.strip())


@transaction.atomic
def restore_listing(*, by: Caller | None, listing: Listing) -> Listing:
    """End a quarantine: back to the store, or to draft if it never was there."""
    require_operator(by)
    if listing.state != ListingState.QUARANTINED:
        raise Conflict(reason=f"{listing} is {listing.state}, not quarantined.")
    state = ListingState.PUBLISHED if listing.published_at else ListingState.DRAFT
    return _move(by, listing, state, "listing.restore")


def _move(
    by: Caller | None, listing: Listing, state: str, action: str, reason: str = ""
) -> Listing:
    old = listing.state
    listing.move_to(state, reason=reason)
    listing.save(update_fields=["state", "state_reason", "published_at", "updated_at"])
    audit.record(
        action,
        by=by,
        target=listing,
        organization=listing.organization,
        old=old,
        new=str(state),
        reason=reason,
    )
    return listing


@transaction.atomic
def feature_listing(*, by: Caller | None, listing: Listing, is_featured: bool) -> Listing:
    """Put a listing on the home page, or take it off."""
    require_operator(by)
    listing.is_featured = is_featured
    listing.save(update_fields=["is_featured", "updated_at"])
    action = "listing.feature" if is_featured else "listing.unfeature"
    audit.record(action, by=by, target=listing, organization=listing.organization)
    return listing


@transaction.atomic
def record_facets(*, listing_id: UUID | str, **facets: Any) -> None:
    """Repeat on the listing what billing, inference and governance know of it.

    Takes price_kinds, price_line, has_free_plan, latency_p50_ms, prediction_count,
    measured_count and hardware; writes no audit event.
    """
    unknown = set(facets) - FACETS
    if unknown:
        raise TypeError(f"not facets of a listing: {', '.join(sorted(unknown))}")
    Listing.objects.filter(pk=listing_id).update(**facets)
    if COUNTED & set(facets):
        rows = Listing.objects.select_related("organization", "license")
        index.refresh_facets(rows.get(pk=listing_id))
