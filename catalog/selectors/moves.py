"""The history of a listing's channels, for its author."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.models import ChannelMove, Listing


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
