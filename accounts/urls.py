"""Pages of accounts."""

from django.urls import URLPattern, URLResolver, path

from accounts.views import audit, keys, members, organizations

urlpatterns: list[URLPattern | URLResolver] = [
    path("organization/", organizations.profile, name="organization"),
    path("organization/data/", organizations.data_policy, name="data-policy"),
    path("organization/leave/", organizations.leave, name="leave-organization"),
    path("organizations/new/", organizations.new, name="new-organization"),
    path("organizations/switch/", organizations.switch, name="switch-organization"),
    path("settings/", organizations.settings_page),
    path("members/", members.index, name="members"),
    path("members/<uuid:member_id>/role/", members.change_role, name="change-role"),
    path("members/<uuid:member_id>/remove/", members.remove, name="remove-member"),
    path("invitations/<uuid:invitation_id>/withdraw/", members.withdraw, name="withdraw"),
    path("invitations/<uuid:invitation_id>/resend/", members.resend, name="resend"),
    path("invitations/<str:token>/", members.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", members.accept, name="accept-invitation"),
    path("keys/", keys.index, name="keys"),
    path("keys/new/", keys.new, name="new-key"),
    path("keys/<uuid:key_id>/revoke/", keys.revoke, name="revoke-key"),
    path("audit/", audit.index, name="audit"),
]
