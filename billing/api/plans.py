"""Plans, prices and the calculator."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from accounts.selectors import organization_by_slug
from billing import serializers
from billing.models import Plan
from billing.pricing import read_tariff
from billing.selectors.estimates import USUAL_CALLS, estimates, meter_inputs
from billing.selectors.plans import author_views, plan_of_author, plans_for, prices_of
from billing.services import plans
from catalog.selectors import get_listing
from catalog.services.rights import require_author
from marketplace.core.errors import NotFound


class PlansView(ApiView):
    """How a model is sold."""

    permission_classes = [AllowAny]

    @extend_schema(
        summary="List the plans of a model",
        parameters=[serializers.PlansQuerySerializer],
        responses=serializers.PlansSerializer,
    )
    def get(self, request: Request, owner: str, name: str) -> Response:
        listing = get_listing(owner, name, viewer=self.optional_caller)
        if self.valid_query(serializers.PlansQuerySerializer).get("all"):
            require_author(self.caller, listing)
            views = author_views(listing)
        else:
            views = plans_for(listing, self.optional_caller)
        return Response(serializers.PlansSerializer({"results": views}).data)

    @extend_schema(
        summary="Create a plan",
        request=serializers.CreatePlanSerializer,
        responses={201: serializers.PlanSerializer},
    )
    def post(self, request: Request, owner: str, name: str) -> Response:
        listing = get_listing(owner, name, viewer=self.caller)
        sent = self.valid(serializers.CreatePlanSerializer)
        buyer = sent.pop("buyer", None)
        tariff = read_tariff(sent.pop("tariff"))
        made = plans.create_plan(
            by=self.caller,
            listing=listing,
            tariff=tariff,
            buyer=organization_by_slug(buyer) if buyer else None,
            **sent,
        )
        return Response(_view_of(made), status=201)


def _view_of(plan: Plan) -> Any:
    views = author_views(plan.listing)
    view = next(one for one in views if one.code == plan.code)
    return serializers.PlanSerializer(view).data


class PlanView(ApiView):
    """One plan, for its author."""

    @extend_schema(
        summary="Offer a plan, or withdraw it",
        request=serializers.UpdatePlanSerializer,
        responses=serializers.PlanSerializer,
    )
    def patch(self, request: Request, owner: str, name: str, code: str) -> Response:
        listing = get_listing(owner, name, viewer=self.caller)
        require_author(self.caller, listing)
        plan = plan_of_author(listing, code)
        is_active = self.valid(serializers.UpdatePlanSerializer)["is_active"]
        change = plans.activate_plan if is_active else plans.deactivate_plan
        return Response(_view_of(change(by=self.caller, plan=plan)))


class PricesView(ApiView):
    """The dated prices of a plan."""

    permission_classes = [AllowAny]

    @extend_schema(
        summary="List the prices of a plan", responses=serializers.PriceSerializer(many=True)
    )
    def get(self, request: Request, owner: str, name: str, code: str) -> Response:
        viewer = self.optional_caller
        listing = get_listing(owner, name, viewer=viewer)
        return self.page(prices_of(listing, viewer, code), serializers.PriceSerializer)

    @extend_schema(
        summary="Set the next price of a plan",
        request=serializers.SetPriceSerializer,
        responses={201: serializers.PriceSerializer},
    )
    def post(self, request: Request, owner: str, name: str, code: str) -> Response:
        listing = get_listing(owner, name, viewer=self.caller)
        require_author(self.caller, listing)
        sent = self.valid(serializers.SetPriceSerializer)
        price = plans.set_price(
            by=self.caller,
            plan=plan_of_author(listing, code),
            tariff=read_tariff(sent["tariff"]),
            effective_from=sent.get("effective_from"),
        )
        return Response(serializers.PriceSerializer(price).data, status=201)


class PriceView(ApiView):
    """The price calculator."""

    permission_classes = [AllowAny]

    @extend_schema(
        summary="Calculate a month of calls under every plan",
        parameters=[serializers.PriceQuerySerializer],
        responses=serializers.EstimatesSerializer,
    )
    def get(self, request: Request, owner: str, name: str) -> Response:
        listing = get_listing(owner, name, viewer=self.optional_caller)
        given = self.valid_query(serializers.PriceQuerySerializer)
        calls = given.pop("calls", USUAL_CALLS)
        views = plans_for(listing, self.optional_caller)
        if not views:
            raise NotFound(kind="plan")
        per_call = {one.code: one.value for one in meter_inputs(views, given)} | given
        found = {"calls": calls, "per_call": per_call, "results": estimates(views, per_call, calls)}
        return Response(serializers.EstimatesSerializer(found).data)
