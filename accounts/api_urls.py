"""API routes of accounts."""

from django.urls import URLPattern, URLResolver, path

from accounts.api import audit, keys, members, organizations

urlpatterns: list[URLPattern | URLResolver] = [
    path("account", organizations.AccountView.as_view()),
    path("organizations", organizations.OrganizationsView.as_view()),
    path("organization", organizations.OrganizationView.as_view()),
    path("organization/data-policy", organizations.DataPolicyView.as_view()),
    path("organization/leave", organizations.LeaveView.as_view()),
    path("members", members.MembersView.as_view()),
    path("members/<uuid:member_id>", members.MemberView.as_view()),
    path("invitations", members.InvitationsView.as_view()),
    path("invitations/accept", members.AcceptInvitationView.as_view()),
    path("invitations/<uuid:invitation_id>", members.InvitationView.as_view()),
    path("invitations/<uuid:invitation_id>/resend", members.ResendInvitationView.as_view()),
    path("keys", keys.KeysView.as_view()),
    path("keys/<uuid:key_id>", keys.KeyView.as_view()),
    path("audit-events", audit.AuditEventsView.as_view()),
]
