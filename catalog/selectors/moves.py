"""The history of a listing's channels, for its author."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.models import Channel, ChannelMove, Listing, Version, VersionState

Targets = Sequence[tuple[Version, int]]


@dataclass(frozen=True, slots=True)
class MoveView:
    """One move: ``targets`` says it in words, ``by`` who made it."""

    channel: str
    targets: str
    reason: str
    by: str
    moved_at: datetime
    is_roll_back: bool


def moves_of(listing: Listing, *, limit: int = 50) -> list[MoveView]:
    """Return the latest moves of all channels of a listing, newest first."""
    rows = ChannelMove.objects.filter(channel__listing=listing)
    rows = rows.select_related("channel", "moved_by").order_by("-created_at", "-id")
    return [
        MoveView(
            channel=row.channel.name,
            targets=_in_words(row.targets),
            reason=row.reason,
            by=row.moved_by.get_full_name() if row.moved_by else "Stoa",
            moved_at=row.created_at,
            is_roll_back=row.restores_id is not None,
        )
        for row in rows[:limit]
    ]


def _in_words(targets: Iterable[dict[str, Any]]) -> str:
    shares = sorted(targets, key=lambda one: -one["weight"])
    if len(shares) == 1:
        return str(shares[0]["number"])
    return ", ".join(f"{one['number']} {one['weight']} %" for one in shares)


def earlier_states(listing: Listing) -> dict[str, str]:
    """Return where each channel that can be rolled back would point, in words."""
    found = {}
    for channel in Channel.objects.filter(listing=listing):
        if move := move_before_present(channel):
            found[channel.name] = _in_words(move.targets)
    return found


def move_before_present(channel: Channel) -> ChannelMove | None:
    """Return the move that a roll-back goes back to, if there is one."""
    standing: list[ChannelMove] = []
    for move in channel.moves.order_by("created_at", "id"):
        if move.restores_id is None:
            standing.append(move)
            continue
        # A rollback undid everything after the move that it went back to.
        while standing and standing[-1].pk != move.restores_id:
            standing.pop()
    return next((move for move in reversed(standing[:-1]) if targets_of(move)), None)


def targets_of(move: ChannelMove) -> Targets:
    """Return what a move pointed at; nothing if any of it may not be served any more."""
    weights = {one["version"]: one["weight"] for one in move.targets}
    versions = Version.objects.filter(pk__in=weights, state=VersionState.PUBLISHED)
    found = [(version, weights[str(version.pk)]) for version in versions]
    return found if len(found) == len(weights) else []
