"""What buyers' calls of an author's listings came to, before any fee."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Sum

from accounts.models import Organization
from billing.models import UsageEvent
from marketplace.core.clock import now

USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Sales:
    """Calls of a listing by other organizations, who made them, what they cost together."""

    calls: int = 0
    buyers: int = 0
    cost_nano: int = 0


def sales_of(
    author: Organization, *, currency: str, days: int = USUAL_DAYS, is_test: bool = False
) -> dict[UUID, Sales]:
    """Return, by listing, what other organizations' calls came to in the last days."""
    rows = (
        UsageEvent.objects.filter(
            listing__organization=author,
            currency=currency,
            is_test=is_test,
            occurred_at__gte=now() - timedelta(days=days),
        )
        .exclude(organization=author)
        .values("listing_id")
        .annotate(calls=Count("pk"), buyers=Count("organization", distinct=True))
        .annotate(cost=Sum("cost_nano"))
    )
    return {row["listing_id"]: Sales(row["calls"], row["buyers"], row["cost"]) for row in rows}
