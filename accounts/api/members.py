"""Members and invitations."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from accounts.selectors import member, members_of, open_invitation, open_invitations_of
from accounts.serializers import (
    AcceptInvitationSerializer,
    ChangeRoleSerializer,
    InvitationSerializer,
    InviteSerializer,
    MemberSerializer,
    MembershipSerializer,
    RemoveMemberSerializer,
)
from accounts.services import invitations, members
from accounts.types import person_of


class MembersView(ApiView):
    """The people of the organization."""

    @extend_schema(summary="List members", responses=MemberSerializer(many=True))
    def get(self, request: Request) -> Response:
        self.caller.require_unless_person("members.manage")
        return self.page(members_of(self.caller.organization), MemberSerializer)


class MemberView(ApiView):
    """One member."""

    @extend_schema(summary="See a member", responses=MemberSerializer)
    def get(self, request: Request, member_id: UUID) -> Response:
        self.caller.require_unless_person("members.manage")
        return Response(MemberSerializer(member(self.caller, member_id)).data)

    @extend_schema(
        summary="Change a member's role", request=ChangeRoleSerializer, responses=MemberSerializer
    )
    def patch(self, request: Request, member_id: UUID) -> Response:
        role = self.valid(ChangeRoleSerializer)["role"]
        found = member(self.caller, member_id)
        changed = members.change_role(by=self.caller, membership=found, role=role)
        return Response(MemberSerializer(changed).data)

    @extend_schema(
        summary="Remove a member", parameters=[RemoveMemberSerializer], responses={204: None}
    )
    def delete(self, request: Request, member_id: UUID) -> Response:
        sent = self.valid_query(RemoveMemberSerializer)
        found = member(self.caller, member_id)
        members.remove_member(by=self.caller, membership=found, revoke_keys=sent["revoke_keys"])
        return Response(status=204)


class InvitationsView(ApiView):
    """Open invitations of the organization."""

    @extend_schema(summary="List open invitations", responses=InvitationSerializer(many=True))
    def get(self, request: Request) -> Response:
        self.caller.require("members.manage")
        return self.page(open_invitations_of(self.caller.organization), InvitationSerializer)

    @extend_schema(
        summary="Invite somebody", request=InviteSerializer, responses={201: InvitationSerializer}
    )
    def post(self, request: Request) -> Response:
        made = invitations.invite(by=self.caller, **self.valid(InviteSerializer))
        return Response(InvitationSerializer(made).data, status=201)


class InvitationView(ApiView):
    """One open invitation."""

    @extend_schema(summary="Withdraw an invitation", responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        self.caller.require("members.manage")
        found = open_invitation(self.caller, invitation_id)
        invitations.revoke(by=self.caller, invitation=found)
        return Response(status=204)


class ResendInvitationView(ApiView):
    """Another mail for an open invitation."""

    @extend_schema(
        summary="Send an invitation again", request=None, responses={200: InvitationSerializer}
    )
    def post(self, request: Request, invitation_id: UUID) -> Response:
        self.caller.require("members.manage")
        found = open_invitation(self.caller, invitation_id)
        sent = invitations.resend(by=self.caller, invitation=found)
        return Response(InvitationSerializer(sent).data)


class AcceptInvitationView(ApiView):
    """The invited person's answer."""

    @extend_schema(
        summary="Accept an invitation",
        request=AcceptInvitationSerializer,
        responses={201: MembershipSerializer},
    )
    def post(self, request: Request) -> Response:
        token = self.valid(AcceptInvitationSerializer)["token"]
        made = invitations.accept(user=person_of(self.caller), token=token)
        return Response(MembershipSerializer(made).data, status=201)
