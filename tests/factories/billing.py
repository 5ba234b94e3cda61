"""Plans, entitlements and calls for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from accounts.models import Organization
from accounts.types import Caller
from billing.models import Entitlement, Plan, Price
from billing.pricing import read_tariff, tariff_as_json, tariff_digest
from billing.services.access import admit
from billing.services.metering import Settled, settle
from billing.types import Admission
from catalog.models import Listing, Version
from marketplace.core.ids import uuid7

PER_TOKEN = {
    "currency": "USD",
    "charges": [
        {"kind": "unit", "meter": "input_tokens", "price": "0.1", "per": 1_000_000},
        {"kind": "unit", "meter": "output_tokens", "price": "0.4", "per": 1_000_000},
    ],
}
FREE: dict[str, Any] = {"currency": "USD", "charges": []}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_plan(
    listing: Listing,
    tariff: dict[str, Any] | None = None,
    *,
    code: str = "standard",
    kind: str = "payg",
    **fields: Any,
) -> Plan:
    """Return a plan of the listing with one price, in force since long ago."""
    read = read_tariff(PER_TOKEN if tariff is None else tariff)
    plan = Plan.objects.create(
        organization=listing.organization,
        listing=listing,
        code=code,
        name=fields.pop("name", code.replace("-", " ").capitalize()),
        kind=kind,
        **fields,
    )
    Price.objects.create(
        plan=plan,
        number=1,
        currency=read.currency,
        tariff=tariff_as_json(read),
        content_digest=tariff_digest(read),
        effective_from=LONG_AGO,
    )
    return plan


def entitled(organization: Organization, listing: Listing, plan: Plan | None = None) -> Entitlement:
    """Return an active entitlement of the organization to call the listing."""
    chosen = plan or Plan.objects.filter(listing=listing).first() or make_plan(listing)
    return Entitlement.objects.create(
        organization=organization,
        listing=listing,
        plan=chosen,
        price=chosen.prices.get(number=1),
        starts_at=LONG_AGO,
        anchor_on=LONG_AGO.date(),
    )


def make_call(
    by: Caller,
    listing: Listing,
    *,
    maximum: Mapping[str, int],
    used: Mapping[str, int] | None = None,
    version: Version | None = None,
    **options: Any,
) -> UUID:
    """Admit a call and, given what it ``used``, settle it; return the prediction's id."""
    source_id = uuid7()
    admission = admit(by=by, listing=listing, source_id=source_id, maximum=maximum, **options)
    if used is not None:
        settle_call(by, listing, source_id, admission, used, version=version)
    return source_id


def settle_call(
    by: Caller,
    listing: Listing,
    source_id: UUID,
    admission: Admission,
    used: Mapping[str, int],
    *,
    version: Version | None = None,
    now: datetime | None = None,
) -> Settled:
    """Settle an admitted call."""
    return settle(
        by_organization=by.organization,
        source_id=source_id,
        listing_id=listing.pk,
        version_id=(version or listing.versions.first()).pk,
        admission=admission,
        api_key_id=by.api_key.pk if by.api_key else None,
        quantities=used,
        is_test=by.is_test,
        now=now,
    )
