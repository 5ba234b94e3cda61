"""The versions tab: channels, and every version with its digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.types import Caller
from catalog import selectors as catalog
from catalog.types import ChannelView
from marketplace.core.ui import compact_number, readable_bytes
from marketplace.storefront.presenters.listing import ListingPage

if TYPE_CHECKING:
    from catalog.models import Version


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the table."""

    version: "Version"
    pin: str
    size: str
    parameters: str
    channels: Sequence[str]
    url: str


@dataclass(frozen=True, slots=True)
class VersionsTab:
    """Everything the versions tab shows."""

    channels: Sequence[ChannelView]
    rows: Sequence[VersionRow]


def versions_tab(page: ListingPage, *, viewer: Caller | None) -> VersionsTab:
    """Prepare the versions tab."""
    channels = catalog.channels_of(page.listing)
    shares: dict[object, list[str]] = {}
    for channel in channels:
        for target in channel.targets:
            share = "" if target.weight == 100 else f" {target.weight} %"
            shares.setdefault(target.version.pk, []).append(f"{channel.name}{share}")
    versions = catalog.versions_of(page.listing, viewer=viewer).prefetch_related(None)
    return VersionsTab(
        channels=channels,
        rows=[
            _row(page, version, shares.get(version.pk, []))
            for version in versions.defer("bundle", "signature")
        ],
    )


def _row(page: ListingPage, version: "Version", channels: Sequence[str]) -> VersionRow:
    count = version.parameter_count
    return VersionRow(
        version=version,
        pin=f"{page.model}:{version.number}",
        size=readable_bytes(version.size_bytes),
        parameters=compact_number(count) if count else "",
        channels=channels,
        url=f"{page.url}?version={version.number}",
    )
