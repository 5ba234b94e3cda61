"""What an organization buys, and what it buys it with."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from billing import serializers
from billing.models import Entitlement
from billing.selectors.credit import credit_of
from billing.selectors.plans import plan_for
from billing.selectors.subscriptions import subscription, subscription_views, subscriptions_of
from billing.services.credit import open_account
from billing.services.entitlements import end, subscribe
from catalog.selectors import get_listing


def _shown(made: Entitlement) -> Any:
    return serializers.SubscriptionSerializer(subscription_views([made])[0]).data


class SubscriptionsView(ApiView):
    """Subscriptions of the organization."""

    @extend_schema(
        summary="List subscriptions",
        parameters=[serializers.SubscriptionsQuerySerializer],
        responses=serializers.SubscriptionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        state = self.valid_query(serializers.SubscriptionsQuerySerializer).get("state")
        is_active = None if state is None else state == "active"
        rows = subscriptions_of(self.caller.organization, is_active=is_active)
        return self.page(rows, serializers.SubscriptionSerializer)

    @extend_schema(
        summary="Subscribe to a plan",
        request=serializers.SubscribeSerializer,
        responses={201: serializers.SubscriptionSerializer},
    )
    def post(self, request: Request) -> Response:
        sent = self.valid(serializers.SubscribeSerializer)
        owner, _, name = sent["model"].partition("/")
        listing = get_listing(owner, name, viewer=self.caller)
        made = subscribe(by=self.caller, plan=plan_for(listing, self.caller, sent["plan"]))
        return Response(_shown(made), status=201)


class SubscriptionView(ApiView):
    """One subscription."""

    @extend_schema(summary="Get a subscription", responses=serializers.SubscriptionSerializer)
    def get(self, request: Request, subscription_id: UUID) -> Response:
        return Response(_shown(subscription(self.caller, subscription_id)))

    @extend_schema(
        summary="Cancel a subscription",
        description="At once, or at the end of the period that is paid for.",
        responses={204: None},
    )
    def delete(self, request: Request, subscription_id: UUID) -> Response:
        end(by=self.caller, entitlement=subscription(self.caller, subscription_id))
        return Response(status=204)


class CreditView(ApiView):
    """Credit of the organization."""

    @extend_schema(
        summary="Get the credit",
        description="The account that the calling key pays from; all of it is test money.",
        responses=serializers.CreditSerializer,
    )
    def get(self, request: Request) -> Response:
        self.caller.require("usage.read")
        is_test = self.caller.is_test
        open_account(organization=self.caller.organization, is_test=is_test)
        credit = credit_of(self.caller.organization, is_test=is_test)
        return Response(serializers.CreditSerializer(credit).data)
