"""Channels: moved in one write, and moved back."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from catalog.models import Channel, ChannelMove, ChannelTarget, Listing, Version, VersionState
from catalog.selectors.moves import Targets, move_before_present, targets_of
from catalog.services import fields
from catalog.services.rights import require_author
from marketplace.core.errors import Conflict, FieldProblem


@transaction.atomic
def point(
    *,
    by: Caller | None,
    listing: Listing,
    channel: str = "stable",
    targets: Targets,
    reason: str = "",
) -> Channel:
    """Point a channel at published versions of the listing; weights sum to 100 percent.

    Readers see the old set or the new one, never a part. Raises ``PermissionMissing`` and
    ``InvalidInput``.
    """
    require_author(by, listing)
    fields.refuse(_problems(listing, channel, targets, reason))
    return _move(by, listing, channel, targets, reason=reason, action="channel.point")


@transaction.atomic
def roll_back(*, by: Caller | None, listing: Listing, channel: str = "stable") -> Channel:
    """Point a channel where it pointed before; again and again goes further back.

    Moves whose versions may no longer be served are passed over. Raises ``Conflict`` when
    nothing is left to go back to.
    """
    require_author(by, listing)
    row = Channel.objects.select_for_update().filter(listing=listing, name=channel).first()
    move = move_before_present(row) if row else None
    if move is None:
        raise Conflict(reason=f"The channel {channel} has nothing to go back to.")
    return _move(
        by,
        listing,
        channel,
        targets_of(move),
        reason=f"Rolled back to the state of {move.created_at:%Y-%m-%d %H:%M}",
        action="channel.roll_back",
        restores=move,
    )


def _move(
    by: Caller | None,
    listing: Listing,
    name: str,
    targets: Targets,
    *,
    reason: str,
    action: str,
    restores: ChannelMove | None = None,
) -> Channel:
    channel, _ = Channel.objects.select_for_update().get_or_create(listing=listing, name=name)
    channel.targets.all().delete()
    ChannelTarget.objects.bulk_create(
        ChannelTarget(channel=channel, version=version, weight=weight)
        for version, weight in targets
    )
    facts = [_facts(version, weight) for version, weight in targets]
    ChannelMove.objects.create(
        channel=channel,
        targets=facts,
        reason=reason[:200],
        moved_by=by.user if by else None,
        restores=restores,
    )
    audit.record(
        action,
        by=by,
        target=channel,
        organization=listing.organization,
        model=listing.model_id,
        targets=facts,
        reason=reason,
    )
    return channel


def _facts(version: Version, weight: int) -> dict[str, Any]:
    return {
        "version": str(version.pk),
        "number": version.number,
        "digest": version.digest,
        "weight": weight,
    }


def _problems(
    listing: Listing, channel: str, targets: Targets, reason: str
) -> Iterable[FieldProblem]:
    yield from fields.slug_problems("channel", channel, longest=40)
    yield from fields.text_problems(ChannelMove, {"reason": reason})
    if not targets or sum(weight for _, weight in targets) != 100:
        yield FieldProblem("targets", "The weights must sum to 100.", "sum")
    if len({version.pk for version, _ in targets}) != len(targets):
        yield FieldProblem("targets", "Name each version once.", "unique")
    for place, (version, weight) in enumerate(targets):
        if not 1 <= weight <= 100:
            yield FieldProblem(f"targets.{place}.weight", "From 1 to 100.", "range")
        if version.listing_id != listing.pk or version.state != VersionState.PUBLISHED:
            message = f"{version.number} is not a published version of {listing.model_id}."
            yield FieldProblem(f"targets.{place}.version", message, "choice")
