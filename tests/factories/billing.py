"""Plans and entitlements for tests."""

from datetime import UTC, datetime
from typing import Any

from accounts.models import Organization
from billing.models import Entitlement, Plan, Price
from catalog.models import Listing
from marketplace.core.canonical import json_digest

PER_TOKEN = {
    "currency": "USD",
    "charges": [
        {"kind": "unit", "meter": "input_tokens", "price": "0.10", "per": 1_000_000},
        {"kind": "unit", "meter": "output_tokens", "price": "0.40", "per": 1_000_000},
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
    form = PER_TOKEN if tariff is None else tariff
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
        currency=form["currency"],
        tariff=form,
        content_digest=json_digest(form),
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
