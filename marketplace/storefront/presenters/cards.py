"""Listings as cards."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from catalog import selectors as catalog
from marketplace.core.ui import ListingCard, compact_number, readable_ms

if TYPE_CHECKING:
    from catalog.models import Listing, Version


def cards_of(listings: "Iterable[Listing]") -> list[ListingCard]:
    """Return the cards of listings; one query for all their current versions."""
    listings = list(listings)
    versions = catalog.current_versions(listings)
    return [card_of(listing, versions) for listing in listings]


def card_of(listing: "Listing", versions: "Mapping[UUID, Version]") -> ListingCard:
    """Return the card of a listing."""
    amount, per = price_parts(listing.price_line)
    latency = listing.latency_p50_ms
    return ListingCard(
        name=listing.name,
        url=listing.get_absolute_url(),
        author=listing.organization.name,
        author_url=listing.organization.get_absolute_url(),
        task=listing.task,
        task_label=listing.get_task_display(),
        summary=listing.summary,
        price=amount,
        price_per=per,
        latency="" if latency is None else readable_ms(latency),
        license=short_license(listing.license.spdx_id),
        measured=claims_of(listing, versions.get(listing.pk)),
        state=state_of(listing),
    )


def price_parts(line: str) -> tuple[str, str]:
    """Return amount and unit of the first part of a price line."""
    first = line.partition(" · ")[0].removesuffix(" + more")
    amount, _, per = first.partition(" / ")
    return amount, per


def claims_of(listing: "Listing", version: "Version | None") -> list[str]:
    """Return what the platform measured, in few words."""
    claims = []
    if version is not None and version.parameter_count:
        claims.append(f"{compact_number(version.parameter_count)} parameters")
    if listing.measured_count:
        noun = "signed result" if listing.measured_count == 1 else "signed results"
        claims.append(f"{listing.measured_count} {noun}")
    return claims


def state_of(listing: "Listing") -> str:
    """Return the state worth a badge: none for a model that can be called."""
    if listing.is_live:
        return "" if getattr(listing, "is_callable", True) else "arriving"
    return str(listing.state)


def short_license(spdx_id: str) -> str:
    """Return a license's identifier without the prefix that SPDX asks for."""
    return spdx_id.removeprefix("LicenseRef-")
