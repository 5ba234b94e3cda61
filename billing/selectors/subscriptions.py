"""What an organization has bought."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Organization
from accounts.types import Caller
from billing.models import Entitlement, EntitlementState, Fee
from billing.pricing import describe
from billing.selectors.prices import price_for, tariff_of
from catalog.selectors import listings_by_ids
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A right to call, with the words a page or an API answer needs."""

    id: UUID
    model: str
    listing_name: str
    listing_url: str
    task: str
    plan_code: str
    plan_name: str
    kind_label: str
    price_line: str
    price_number: int
    state: str
    started_at: datetime
    renews_on: date | None
    ends_at: datetime | None
    ended_at: datetime | None
    end_reason: str


def subscriptions_of(
    organization: Organization, *, is_active: bool | None = None
) -> QuerySet[Entitlement]:
    """Return what an organization bought, newest first."""
    rows: QuerySet[Entitlement] = Entitlement.objects.of(organization)
    if is_active is not None:
        state = EntitlementState.ACTIVE if is_active else EntitlementState.ENDED
        rows = rows.filter(state=state)
    return rows.select_related("plan", "price").order_by("-created_at", "-id")


def subscription(by: Caller, pk: UUID | str) -> Entitlement:
    """Return one of the caller's subscriptions; raises ``NotFound``."""
    found = subscriptions_of(by.organization).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="subscription")
    return found


def subscription_views(rows: Iterable[Entitlement]) -> list[SubscriptionView]:
    """Return subscriptions in words."""
    found = list(rows)
    listings = listings_by_ids(one.listing_id for one in found)
    now = clock.now()
    views = []
    for one in found:
        listing = listings[one.listing_id]
        price = price_for(one, now) if one.state == EntitlementState.ACTIVE else one.price
        views.append(
            SubscriptionView(
                id=one.pk,
                model=listing.model_id,
                listing_name=listing.name,
                listing_url=listing.get_absolute_url(),
                task=listing.task,
                plan_code=one.plan.code,
                plan_name=one.plan.name,
                kind_label=one.plan.get_kind_display(),
                price_line=describe(tariff_of(price)),
                price_number=price.number,
                state=one.state,
                started_at=one.starts_at,
                renews_on=one.period_ends_on if one.ends_at is None else None,
                ends_at=one.ends_at,
                ended_at=one.ended_at,
                end_reason=one.get_end_reason_display(),
            )
        )
    return views


@dataclass(frozen=True, slots=True)
class FeeView:
    """A fee that was charged, or given back."""

    kind_label: str
    listing_name: str
    plan_name: str
    amount: Money
    period_start: date
    period_end: date | None
    charged_at: datetime


def fees_of(organization: Organization, start: date, end: date, currency: str) -> list[FeeView]:
    """Return the fees charged from one day to another, both included, newest first."""
    rows = Fee.objects.of(organization).filter(
        currency=currency, charged_at__date__gte=start, charged_at__date__lte=end
    )
    found = list(rows.select_related("plan").order_by("-charged_at"))
    listings = listings_by_ids(one.listing_id for one in found)
    return [
        FeeView(
            kind_label=one.get_kind_display(),
            listing_name=listings[one.listing_id].name,
            plan_name=one.plan.name,
            amount=Money(one.amount_nano, currency),
            period_start=one.period_start,
            period_end=one.period_end,
            charged_at=one.charged_at,
        )
        for one in found
    ]
