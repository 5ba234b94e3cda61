"""The page of a listing: its head, its tabs, and what every tab stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from accounts.types import Caller
from catalog import selectors as catalog
from catalog.languages import LANGUAGES
from marketplace.core.markdown import render_markdown
from marketplace.core.ui import Crumb, Pair, Tab, compact_number, readable_bytes, readable_ms
from marketplace.storefront.presenters.addresses import Address
from marketplace.storefront.presenters.browse import compare_address
from marketplace.storefront.presenters.cards import (
    price_parts,
    short_license,
    state_of,
)
from marketplace.storefront.presenters.limits import input_limits

if TYPE_CHECKING:
    from catalog.models import Listing, Version

TABS = {
    "overview": ("Overview", "book"),
    "try": ("Try it", "play"),
    "api": ("API", "code"),
    "pricing": ("Pricing", "wallet"),
    "evidence": ("Evidence", "measured"),
    "versions": ("Versions", "history"),
    "lineage": ("Lineage", "lineage"),
}
NEED_A_VERSION = frozenset({"try", "api", "evidence", "lineage"})


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know before reading on."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ListingPage:
    """The head of a listing's page; ``version`` is what its tabs speak of, if there is one."""

    listing: "Listing"
    version: "Version | None"
    is_current_version: bool
    model: str
    tab: str
    title: str
    tabs: Sequence[Tab]
    crumbs: Sequence[Crumb]
    notices: Sequence[Notice]
    price: str
    price_per: str
    latency: str
    license: str
    state: str
    compare_url: str
    is_member: bool

    @property
    def url(self) -> str:
        """Return the address of the overview."""
        return self.listing.get_absolute_url()


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first tab shows."""

    description: SafeString
    texts: Sequence[tuple[str, SafeString]]
    facts: Sequence[Pair]
    license_facts: Sequence[Pair]
    tags: Sequence[Tab]


def listing_page(
    owner: str, name: str, *, tab: str, version: str, viewer: Caller | None
) -> ListingPage:
    """Prepare the head; raises ``NoSuchModel`` and ``NoSuchVersion``."""
    listing = catalog.get_listing(owner, name, viewer=viewer)
    current = catalog.current_version(listing)
    chosen = catalog.version_by_number(listing, version, viewer=viewer) if version else current
    amount, per = price_parts(listing.price_line)
    latency = listing.latency_p50_ms
    return ListingPage(
        listing=listing,
        version=chosen,
        is_current_version=chosen == current,
        model=listing.model_id,
        tab=tab,
        title=TABS[tab][0],
        tabs=_tabs(listing, tab, version),
        crumbs=_crumbs(listing),
        notices=_notices(listing, chosen, current),
        price=amount,
        price_per=per,
        latency="" if latency is None else readable_ms(latency),
        license=short_license(listing.license.spdx_id),
        state=state_of(listing),
        compare_url=compare_address([listing.model_id]),
        is_member=catalog.is_member(listing, viewer),
    )


def _tabs(listing: "Listing", current: str, version: str) -> list[Tab]:
    counts = {
        "versions": catalog.version_counts([listing]).get(listing.pk, 0),
        "evidence": listing.measured_count,
    }
    return [
        Tab(label, _tab_url(listing, tab, version), tab == current, counts.get(tab) or None, icon)
        for tab, (label, icon) in TABS.items()
    ]


def _tab_url(listing: "Listing", tab: str, version: str) -> str:
    path = listing.get_absolute_url() + ("" if tab == "overview" else f"{tab}/")
    return str(Address(path).having("version", version))


def _crumbs(listing: "Listing") -> list[Crumb]:
    return [
        Crumb("Models", "/models/"),
        Crumb(listing.get_task_display(), f"/models/?task={listing.task}"),
        Crumb(listing.name),
    ]


def _notices(
    listing: "Listing", version: "Version | None", current: "Version | None"
) -> list[Notice]:
    found = []
    if listing.state == "draft":
        found.append(Notice("info", "Draft", "Only your organization sees this page."))
    if listing.state == "retired":
        why = listing.state_reason or "Its author took it out of the store."
        found.append(Notice("warning", "Retired", why))
    if listing.state == "quarantined":
        found.append(Notice("danger", "Quarantined by the operator", listing.state_reason))
    if listing.is_live and current is None:
        text = "Its first version is being fetched and checked; it can be called once it is here."
        found.append(Notice("info", "Arriving", text))
    if version is not None and version != current:
        found.append(_version_notice(version, current))
    return found


def _version_notice(version: "Version", current: "Version | None") -> Notice:
    stands = f"Calls of stable are answered by {current.number}." if current else ""
    if version.state in {"retired", "quarantined"}:
        title = f"Version {version.number} is {version.state}"
        return Notice("warning", title, f"{version.state_reason} {stands}".strip())
    return Notice("info", f"You are looking at version {version.number}", stands)


def overview(page: ListingPage) -> Overview:
    """Prepare the first tab."""
    listing = page.listing
    texts = {
        "Intended use": listing.intended_use,
        "Limitations": listing.limitations,
        "Restrictions": listing.restrictions,
    }
    return Overview(
        description=render_markdown(listing.description),
        texts=[
            (title, render_markdown(text, top_level=3)) for title, text in texts.items() if text
        ],
        facts=_facts(page),
        license_facts=_license_facts(listing),
        tags=[Tab(tag.slug, f"/models/?q={tag.slug}") for tag in listing.tags.all()],
    )


def _facts(page: ListingPage) -> list[Pair]:
    listing, version = page.listing, page.version
    facts = []
    if page.latency:
        place = f"median on {listing.hardware.upper()}"
        facts.append(Pair("Latency", page.latency, note=place, mark="measured"))
    if version is not None:
        facts += _version_facts(version)
    if listing.languages:
        names = [LANGUAGES.get(code, code) for code in listing.languages]
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        facts.append(Pair("Languages", shown, mark="stated"))
    facts.append(Pair("Hardware", listing.hardware.upper()))
    facts.append(Pair("Weights", "Can be exported" if listing.is_exportable else "Run only"))
    if listing.prediction_count:
        facts.append(Pair("Calls answered", f"{listing.prediction_count:,}", mark="measured"))
    return facts


def _version_facts(version: "Version") -> list[Pair]:
    facts = []
    if version.parameter_count:
        count = compact_number(version.parameter_count)
        facts.append(Pair("Parameters", count, mark="measured"))
    size = readable_bytes(version.size_bytes)
    limits = "; ".join(input_limits(version.signature))
    return [
        *facts,
        Pair("Size", size, mark="measured"),
        *([Pair("Inputs", limits)] if limits else []),
        Pair("Version", version.number, note=version.short_digest),
        Pair("Runtime", version.runtime),
    ]


def _license_facts(listing: "Listing") -> list[Pair]:
    terms = listing.license
    return [
        Pair("License", terms.name, note=terms.spdx_id),
        Pair("Commercial use", "Allowed" if terms.allows_commercial_use else "Not allowed"),
        Pair("Derived models", "Allowed" if terms.allows_derivatives else "Not allowed"),
    ]
