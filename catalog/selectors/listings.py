"""Reads of listings and versions, as far as the viewer may see."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import Organization
from accounts.types import Caller
from catalog.errors import NoSuchModel, NoSuchVersion
from catalog.models import (
    Channel,
    ChannelMove,
    ChannelTarget,
    License,
    Listing,
    ListingState,
    Version,
    VersionState,
)
from catalog.types import ChannelTargetView, ChannelView
from marketplace.core.errors import NotFound

DIGEST_PREFIX = re.compile(r"[0-9a-f]{12,64}")


def complete(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """Load with listings all that a card or an API answer shows of them.

    Adds ``is_callable``: whether a channel points at a version that can be served.
    """
    targets = ChannelTarget.objects.filter(
        channel__listing=OuterRef("pk"), version__state=VersionState.PUBLISHED
    )
    return (
        listings.select_related("organization", "license")
        .prefetch_related("tags")
        .annotate(is_callable=Exists(targets))
    )


def published() -> QuerySet[Listing]:
    """Return the listings that everybody sees."""
    return Listing.objects.filter(state=ListingState.PUBLISHED)


def visible_listings(viewer: Caller | None) -> QuerySet[Listing]:
    """Return the published listings, and all those of the viewer's own organization."""
    seen = Q(state=ListingState.PUBLISHED)
    if viewer:
        seen |= Q(organization=viewer.organization)
    return Listing.objects.filter(seen)


def get_listing(owner: str, name: str, *, viewer: Caller | None) -> Listing:
    """Return a listing by its owner's slug and its own; raises ``NoSuchModel``."""
    listings = complete(visible_listings(viewer))
    found = listings.filter(organization__slug=owner, slug=name).first()
    if found is None:
        raise NoSuchModel(model=f"{owner}/{name}")
    return found


def listings_by_ids(ids: Iterable[UUID | str]) -> dict[UUID, Listing]:
    """Return listings by id, in whatever state: for showing what was called or bought."""
    rows = Listing.objects.select_related("organization", "license").filter(pk__in=set(ids))
    return {row.pk: row for row in rows}


def listings_by_model(models: Iterable[str], *, viewer: Caller | None) -> list[Listing]:
    """Return the listings named ``owner/name`` that the viewer may see, in the order given."""
    names = list(dict.fromkeys(models))
    wanted = Q(pk__in=[])
    for model in names:
        owner, _, name = model.partition("/")
        wanted |= Q(organization__slug=owner, slug=name)
    found = {one.model_id: one for one in complete(visible_listings(viewer).filter(wanted))}
    return [found[model] for model in names if model in found]


def listings_of_author(organization: Organization) -> QuerySet[Listing]:
    """Return all listings of an organization, for its own desk."""
    return complete(Listing.objects.of(organization)).order_by("name")


def is_member(listing: Listing, viewer: Caller | None) -> bool:
    """Tell whether the viewer belongs to the listing's author."""
    # A page's viewer is lazy: false when nobody is signed in, and never the object None.
    return viewer.organization.pk == listing.organization_id if viewer else False


def versions_of(listing: Listing, *, viewer: Caller | None) -> QuerySet[Version]:
    """Return the versions of a listing, newest first: to outsiders those once published.

    Discarded drafts are in no list.
    """
    return _bare_versions(listing, viewer).prefetch_related("files__artifact")


def _bare_versions(listing: Listing, viewer: Caller | None) -> QuerySet[Version]:
    kept = Version.objects.exclude(state=VersionState.DISCARDED)
    versions = kept.filter(listing=listing).order_by("-created_at")
    if is_member(listing, viewer):
        return versions
    return versions.filter(published_at__isnull=False)


def get_version(version_id: UUID | str) -> Version:
    """Return a version with its listing; raises ``NotFound``. Check who asks beforehand."""
    rows = Version.objects.select_related("listing__organization", "listing__license")
    found: Version | None = rows.filter(pk=version_id).first()
    if found is None:
        raise NotFound(kind="version")
    return found


def version_by_number(listing: Listing, name: str, *, viewer: Caller | None) -> Version:
    """Return a version by its number, or 12 or more characters of its digest.

    Raises ``NoSuchVersion``.
    """
    versions = _bare_versions(listing, viewer)
    found = versions.filter(number=name).first() or by_digest(versions, name)
    if found is None:
        raise NoSuchVersion(reason=f"{listing.model_id} has no version {name[:64]!r}.")
    return found


def by_digest(versions: QuerySet[Version], prefix: str) -> Version | None:
    """Return the only version whose digest begins so."""
    if not DIGEST_PREFIX.fullmatch(prefix):
        return None
    found = list(versions.filter(digest__startswith=prefix)[:2])
    return found[0] if len(found) == 1 else None


def current_version(listing: Listing, channel: str = "stable") -> Version | None:
    """Return the version with the greatest share of a channel, or nothing yet."""
    targets = ChannelTarget.objects.filter(
        channel__listing=listing, channel__name=channel, version__state=VersionState.PUBLISHED
    )
    first = targets.select_related("version").order_by("-weight", "-version__created_at").first()
    return first.version if first else None


def current_versions(listings: Iterable[Listing]) -> dict[UUID, Version]:
    """Return, by listing id, the version with the greatest share of ``stable``."""
    targets = ChannelTarget.objects.filter(
        channel__listing__in=list(listings),
        channel__name="stable",
        version__state=VersionState.PUBLISHED,
    )
    rows = targets.select_related("version").order_by("weight", "version__created_at")
    return {row.version.listing_id: row.version for row in rows}


def version_counts(listings: Iterable[Listing]) -> dict[UUID, int]:
    """Return, by listing id, how many versions were ever published."""
    rows = Version.objects.filter(listing__in=list(listings), published_at__isnull=False)
    return dict(rows.values_list("listing").annotate(count=Count("pk")))


def channels_of(listing: Listing) -> list[ChannelView]:
    """Return the channels of a listing with what they point at and since when."""
    latest = ChannelMove.objects.filter(channel=OuterRef("pk")).order_by("-created_at", "-id")
    channels = (
        Channel.objects.filter(listing=listing)
        .annotate(
            moved_at=Subquery(latest.values("created_at")[:1]),
            reason=Subquery(latest.values("reason")[:1]),
        )
        .prefetch_related(Prefetch("targets", ChannelTarget.objects.select_related("version")))
    )
    return [
        ChannelView(
            name=channel.name,
            targets=tuple(
                ChannelTargetView(one.version, one.weight) for one in channel.targets.all()
            ),
            moved_at=channel.moved_at,
            reason=channel.reason or "",
        )
        for channel in channels
    ]


def licenses() -> QuerySet[License]:
    """Return every license known here."""
    return License.objects.all()
