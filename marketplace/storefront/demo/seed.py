"""Makes the demo world, one listing after the other, through services only."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from billing.selectors.plans import author_views, plan_for
from billing.services import plans
from billing.services.entitlements import subscribe
from catalog import selectors as catalog
from catalog.errors import NoSuchModel
from catalog.services import collections, listings
from governance.services import provenance
from marketplace.core.errors import DomainError, NotFound
from marketplace.storefront.demo.accounts import author_caller, buyer_caller, ensure_accounts
from marketplace.storefront.demo.sources import Made, make_folder
from marketplace.storefront.demo.types import DemoListing
from marketplace.storefront.demo.world import ALL, EXTRAS, LISTINGS, SHELVES
from marketplace.storefront.importers.errors import DonorUnavailable
from marketplace.storefront.importing import publish_folder

if TYPE_CHECKING:
    from catalog.models import Listing, Version

NUMBER = "1.0.0"
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Missing:
    """A listing that could not be made, why, and what to do."""

    model: str
    reason: str


def seed(
    *,
    report: Report,
    only: Sequence[str] = (),
    extras: Sequence[str] = (),
    offline: bool = False,
) -> list[Missing]:
    """Make what is not there yet, with the ``EXTRAS`` named; return what could not be made."""
    ensure_accounts()
    missing: list[Missing] = []
    wanted_all = [*LISTINGS, *(one for name in extras for one in EXTRAS[name])]
    chosen = [one for one in wanted_all if not only or one.slug in only]
    for place, wanted in enumerate(chosen, start=1):
        prefix = f"[{place}/{len(chosen)}] {wanted.name}"
        try:
            _make(wanted, prefix, report=report, offline=offline)
        except (DonorUnavailable, DomainError) as error:
            report(f"{prefix}: {error}")
            missing.append(Missing(wanted.model, str(error)))
        _arrange_shelves()
    return missing


def seeding_progress() -> tuple[int, int]:
    """Return how many demo listings can be called, and how many there are."""
    live = sum(_live_version(one.model) is not None for one in LISTINGS)
    return live, len(LISTINGS)


def has_extra(name: str) -> bool:
    """Tell whether every listing of an extra can be called."""
    return all(_live_version(one.model) is not None for one in EXTRAS[name])


def _make(wanted: DemoListing, prefix: str, *, report: Report, offline: bool) -> None:
    if _live_version(wanted.model) is not None:
        report(f"{prefix}: ready")
        return
    by = author_caller(wanted.author)
    base = _live_version(wanted.base) if wanted.base else None
    if wanted.base and base is None:
        raise NotFound(kind=f"{wanted.base} to derive from")
    with tempfile.TemporaryDirectory(prefix="stoa-model-", dir=settings.DATA_DIR) as scratch:
        report(f"{prefix}: fetching and converting")
        folder = Path(scratch) / "files"
        made = make_folder(wanted, folder, cache=_donors(), base=base, offline=offline)
        report(f"{prefix}: checking and publishing")
        listing = _ensure_listing(wanted)
        _ensure_plans(wanted, listing)
        version = publish_folder(
            by=by,
            listing=listing,
            number=NUMBER,
            folder=folder,
            notes=made.notes,
            base=base,
            relation=wanted.relation,
        )
        _record_origin(wanted, version, made)
        _subscribe_buyer(wanted, listing)
    report(f"{prefix}: ready")


def _donors() -> Path:
    return Path(settings.DATA_DIR) / "donors"


def _live_version(model: str) -> "Version | None":
    owner, _, name = model.partition("/")
    try:
        listing = catalog.get_listing(owner, name, viewer=None)
    except NoSuchModel:
        return None
    return catalog.current_version(listing)


def _ensure_listing(wanted: DemoListing) -> "Listing":
    by = author_caller(wanted.author)
    try:
        return catalog.get_listing(wanted.author, wanted.slug, viewer=by)
    except NoSuchModel:
        return listings.create_listing(
            by=by,
            name=wanted.name,
            slug=wanted.slug,
            task=wanted.task,
            license_spdx=wanted.license,
            summary=wanted.summary,
            tags=wanted.tags,
            languages=wanted.languages,
            description=wanted.description,
            intended_use=wanted.intended_use,
            limitations=wanted.limitations,
            restrictions=wanted.restrictions,
        )


def _ensure_plans(wanted: DemoListing, listing: "Listing") -> None:
    by = author_caller(wanted.author)
    present = {view.code for view in author_views(listing)}
    for plan in wanted.plans:
        if plan.code not in present:
            plans.create_plan(
                by=by,
                listing=listing,
                code=plan.code,
                name=plan.name,
                kind=plan.kind,
                summary=plan.summary,
                tariff=plan.tariff,
            )


def _subscribe_buyer(wanted: DemoListing, listing: "Listing") -> None:
    """Give the demo buyer a plan without a fee, so that its key calls every demo model at once."""
    by = buyer_caller()
    code = next(plan.code for plan in wanted.plans if plan.kind in {"payg", "free"})
    subscribe(by=by, plan=plan_for(listing, by, code))


def _record_origin(wanted: DemoListing, version: "Version", made: Made) -> None:
    facts: dict[str, Any] = {**made.provenance, "training_record": made.training_record}
    provenance.record(
        by=author_caller(wanted.author), version=version, measured=made.measured, **facts
    )


def _arrange_shelves() -> None:
    for position, shelf in enumerate(SHELVES):
        models = [one.model for one in ALL if shelf.slug in one.collections]
        live = [version.listing for one in models if (version := _live_version(one)) is not None]
        if live:
            row = collections.ensure_collection(
                by=None,
                slug=shelf.slug,
                name=shelf.name,
                summary=shelf.summary,
                position=position,
            )
            collections.set_items(by=None, collection=row, listings=live)
