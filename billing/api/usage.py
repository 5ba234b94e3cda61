"""Usage: summed, and event by event."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from billing import serializers
from billing.selectors.usage import (
    EventFilter,
    UsageRange,
    fees_total,
    filtered_events,
    usage_by,
    usage_range,
)
from catalog.selectors import get_listing
from marketplace.core.money import Money
from marketplace.core.pagination import ByNewest


class ByOccurrence(ByNewest):
    """Usage events by when they happened."""

    by = "occurred_at"


def _range(given: dict[str, Any]) -> UsageRange:
    return usage_range(
        given.get("start"),
        given.get("end"),
        currency=given.get("currency", ""),
        is_test=given.get("is_test", False),
    )


class UsageView(ApiView):
    """Usage of the organization, summed."""

    @extend_schema(
        summary="Get usage by day, listing, key or member",
        parameters=[serializers.UsageSumsQuerySerializer],
        responses=serializers.UsageSerializer,
    )
    def get(self, request: Request) -> Response:
        self.caller.require("usage.read")
        given = self.valid_query(serializers.UsageSumsQuerySerializer)
        within, group = _range(given), given.get("group_by", "day")
        rows = usage_by(self.caller.organization, within, group)
        answer = {
            "start": within.start,
            "end": within.end,
            "currency": within.currency,
            "is_test": within.is_test,
            "group_by": group,
            "calls": sum(one.calls for one in rows),
            "cost": Money(sum(one.cost.nano for one in rows), within.currency),
            "fees": fees_total(self.caller.organization, within),
            "results": rows,
        }
        return Response(serializers.UsageSerializer(answer).data)


class UsageEventsView(ApiView):
    """Usage of the organization, prediction by prediction."""

    pagination_class = ByOccurrence

    @extend_schema(
        summary="List usage events",
        parameters=[serializers.EventsQuerySerializer],
        responses=serializers.UsageEventSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        self.caller.require("usage.read")
        given = self.valid_query(serializers.EventsQuerySerializer)
        chosen = EventFilter(api_key_id=given.get("api_key"), user_id=given.get("member"))
        if "model" in given:
            owner, _, name = given["model"].partition("/")
            listing = get_listing(owner, name, viewer=self.caller)
            chosen = EventFilter(listing.pk, chosen.api_key_id, chosen.user_id)
        rows = filtered_events(self.caller.organization, _range(given), chosen)
        return self.page(rows, serializers.UsageEventSerializer)
