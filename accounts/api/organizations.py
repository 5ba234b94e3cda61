"""Who calls, and the caller's organization."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from accounts.selectors import data_policy_of, memberships_of
from accounts.serializers import (
    AccountSerializer,
    CreateOrganizationSerializer,
    DataPolicySerializer,
    MembershipSerializer,
    OrganizationSerializer,
    UpdateOrganizationSerializer,
)
from accounts.services.members import leave
from accounts.services.organizations import (
    create_organization,
    set_data_policy,
    update_organization,
)
from accounts.types import person_of


class AccountView(ApiView):
    """Who is calling."""

    @extend_schema(summary="See who is calling", responses=AccountSerializer)
    def get(self, request: Request) -> Response:
        return Response(AccountSerializer(self.caller).data)


class OrganizationsView(ApiView):
    """The organizations of a person."""

    @extend_schema(
        summary="List your organizations",
        description="For signed-in people; a key belongs to one organization.",
        responses=MembershipSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        return self.page(memberships_of(person_of(self.caller)), MembershipSerializer)

    @extend_schema(
        summary="Create an organization",
        request=CreateOrganizationSerializer,
        responses={201: OrganizationSerializer},
    )
    def post(self, request: Request) -> Response:
        sent = self.valid(CreateOrganizationSerializer)
        made = create_organization(owner=person_of(self.caller), **sent)
        return Response(OrganizationSerializer(made).data, status=201)


class OrganizationView(ApiView):
    """The caller's organization."""

    @extend_schema(summary="See the organization", responses=OrganizationSerializer)
    def get(self, request: Request) -> Response:
        return Response(OrganizationSerializer(self.caller.organization).data)

    @extend_schema(
        summary="Change the organization",
        request=UpdateOrganizationSerializer,
        responses=OrganizationSerializer,
    )
    def patch(self, request: Request) -> Response:
        sent = self.valid(UpdateOrganizationSerializer)
        changed = update_organization(by=self.caller, **sent)
        return Response(OrganizationSerializer(changed).data)


class DataPolicyView(ApiView):
    """What may happen with the bodies of calls."""

    @extend_schema(summary="See the data policy", responses=DataPolicySerializer)
    def get(self, request: Request) -> Response:
        return Response(DataPolicySerializer(data_policy_of(self.caller.organization)).data)

    @extend_schema(
        summary="Set the data policy",
        request=DataPolicySerializer,
        responses=DataPolicySerializer,
    )
    def put(self, request: Request) -> Response:
        policy = set_data_policy(by=self.caller, **self.valid(DataPolicySerializer))
        return Response(DataPolicySerializer(policy).data)


class LeaveView(ApiView):
    """The way out of an organization."""

    @extend_schema(summary="Leave the organization", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        leave(by=self.caller)
        return Response(status=204)
