"""How many buyers have each plan; who they are is not the author's to see here."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count

from billing.models import Entitlement, EntitlementState

if TYPE_CHECKING:
    from catalog.models import Listing


def subscriber_counts(listing: "Listing") -> dict[UUID, int]:
    """Return the number of active subscriptions of a listing by plan."""
    rows = Entitlement.objects.filter(listing=listing, state=EntitlementState.ACTIVE)
    return dict(rows.order_by().values_list("plan_id").annotate(count=Count("pk")))
