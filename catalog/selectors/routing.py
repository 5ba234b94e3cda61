"""Which version answers a call."""

import re
from dataclasses import dataclass
from functools import lru_cache
from secrets import SystemRandom
from uuid import UUID

from accounts.types import Caller
from catalog.errors import NoSuchModel, NoSuchVersion, VersionNotServable, VersionRetired
from catalog.models import ChannelTarget, Listing, ListingState, Version, VersionFile, VersionState
from catalog.selectors.listings import is_member, version_by_number, visible_listings
from catalog.types import Route, VersionFileRef, VersionRef

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
MODEL = re.compile(
    rf"(?P<owner>{SLUG})(?:/|--)(?P<name>{SLUG})(?:@(?P<channel>{SLUG})|:(?P<version>[\w.+-]+))?"
)
DEFAULT_CHANNEL = "stable"
CHOICE = SystemRandom()


@dataclass(frozen=True, slots=True)
class ModelName:
    """The parts of what a caller wrote in ``model``."""

    owner: str
    name: str
    channel: str | None
    version: str | None


def parse(model: str) -> ModelName:
    """Read ``owner/name``, ``owner/name:version``, ``owner/name@channel``.

    ``owner--name`` is understood too, for clients whose names may hold no slash. Raises
    ``NoSuchModel`` for anything else.
    """
    found = MODEL.fullmatch(model)
    if found is None:
        raise NoSuchModel(model=model[:200])
    return ModelName(**found.groupdict())


def resolve(model: str, *, viewer: Caller | None) -> Route:
    """Return where a call of ``model`` goes; a channel's versions take turns by weight.

    Raises ``NoSuchModel``, ``NoSuchVersion``, ``VersionNotServable``, ``VersionRetired``.
    """
    wanted = parse(model)
    rows = visible_listings(viewer).select_related("organization")
    listing = rows.filter(organization__slug=wanted.owner, slug=wanted.name).first()
    if listing is None:
        raise NoSuchModel(model=f"{wanted.owner}/{wanted.name}")
    channel = None if wanted.version else wanted.channel or DEFAULT_CHANNEL
    if wanted.version:
        version = _pinned(listing, wanted.version, viewer)
    else:
        version = _of_channel(listing, channel or DEFAULT_CHANNEL)
    return Route(
        version=version_ref(version),
        listing_id=str(listing.pk),
        signature=version.signature,
        channel=channel,
    )


def _pinned(listing: Listing, wanted: str, viewer: Caller | None) -> Version:
    found = version_by_number(listing, wanted, viewer=viewer)
    _refuse_unservable(listing, found, may_be_ready=is_member(listing, viewer))
    return found


def _of_channel(listing: Listing, channel: str) -> Version:
    rows = ChannelTarget.objects.filter(channel__listing=listing, channel__name=channel)
    targets = list(rows.select_related("version"))
    if not targets:
        raise NoSuchVersion(reason=f"The channel {channel!r} of {listing.model_id} is empty.")
    live = [one for one in targets if one.version.state == VersionState.PUBLISHED]
    weights = [target.weight for target in live or targets]
    chosen = CHOICE.choices(live or targets, weights)[0].version
    _refuse_unservable(listing, chosen, may_be_ready=False)
    return chosen


def _refuse_unservable(listing: Listing, version: Version, *, may_be_ready: bool) -> None:
    """Refuse a version that is, or stands on one that is, out of service."""
    if listing.state == ListingState.QUARANTINED:
        raise _refusal(listing, version, f"the model is quarantined ({listing.state_reason})")
    if version.state == VersionState.RETIRED:
        reason = version.state_reason or "it is retired"
        raise VersionRetired(
            model=f"{listing.model_id}:{version.number}", reason=reason, pointer=_pointer(listing)
        )
    if version.state == VersionState.READY and not may_be_ready:
        raise _refusal(listing, version, "it is not published")
    for below in (version, *bases_of(version)):
        if below.state == VersionState.QUARANTINED:
            what = "it" if below is version else f"its base {below.number}"
            raise _refusal(listing, version, f"{what} is quarantined ({below.state_reason})")


def _refusal(listing: Listing, version: Version, reason: str) -> VersionNotServable:
    return VersionNotServable(
        model=f"{listing.model_id}:{version.number}", reason=reason, pointer=_pointer(listing)
    )


def _pointer(listing: Listing) -> str:
    return f"{listing.get_absolute_url()}versions/"


def bases_of(version: Version) -> list[Version]:
    """Return the versions to be loaded beneath one, nearest first."""
    found = []
    base = version.base
    while base is not None:
        found.append(base)
        base = base.base
    return found


def version_ref(version: Version) -> VersionRef:
    """Return what a worker needs to load a version, its bases included."""
    return _ref(version.pk)


@lru_cache(maxsize=2048)
def _ref(version_id: UUID) -> VersionRef:
    # Kept in the process: the content of a version never changes.
    version = Version.objects.select_related("base").get(pk=version_id)
    rows = VersionFile.objects.filter(version=version_id).select_related("artifact")
    files = tuple(
        VersionFileRef(path=row.path, sha256=row.artifact_id, size=row.artifact.size)
        for row in rows.order_by("path")
    )
    return VersionRef(
        id=str(version.pk),
        digest=version.digest,
        runtime=version.runtime,
        files=files,
        bundle=version.bundle,
        base=_ref(version.base_id) if version.base_id else None,
    )
