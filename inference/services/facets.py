"""What listings show of their calls: how many there were, and how long they usually take."""

from datetime import timedelta
from statistics import median
from uuid import UUID

from catalog.services.listings import record_facets
from inference.models import Prediction, PredictionStatus
from marketplace.core.clock import now

# Longer than the pause between two rounds, so that none falls between them.
WINDOW = timedelta(minutes=5)
SAMPLE = 200


def record_call_facets() -> int:
    """Repeat counts and latencies on the listings called lately; returns how many."""
    recent = Prediction.objects.filter(
        completed_at__gte=now() - WINDOW, status=PredictionStatus.SUCCEEDED
    )
    listings = set(recent.values_list("listing_id", flat=True))
    for listing_id in listings:
        record_facets(listing_id=listing_id, **_facets(listing_id))
    return len(listings)


def _facets(listing_id: UUID) -> dict[str, object]:
    rows = Prediction.objects.filter(listing=listing_id, status=PredictionStatus.SUCCEEDED)
    sample = rows.order_by("-created_at").values_list("timings_ms", flat=True)[:SAMPLE]
    # Loading is the first caller's wait, not the model's pace.
    latencies = [one["total"] - one.get("load", 0.0) for one in sample if "total" in one]
    facets: dict[str, object] = {"prediction_count": rows.count()}
    if latencies:
        facets["latency_p50_ms"] = round(max(0.0, median(latencies)), 1)
    return facets
