"""The operator's view of people, organizations, keys and the trail; no secrets, few levers."""

from typing import Any

from allauth.account import admin as account_admin
from allauth.account.decorators import secure_admin_login
from allauth.mfa import admin as mfa_admin
from allauth.usersessions import admin as usersessions_admin
from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from accounts.models import ApiKey, AuditEvent, Invitation, Membership, Organization, User
from accounts.selectors import acting_for
from accounts.services import audit
from accounts.services.api_keys import revoke_key
from accounts.services.invitations import revoke
from accounts.services.users import FLAGS, update_user
from marketplace.core.clock import now

admin.site.site_header = "Stoa operator"
admin.site.site_title = "Stoa operator"
admin.site.index_title = "Operate the marketplace"
# The second factor and the limits of guessing hold for operators too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are changed through services, never by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipsInline(admin.TabularInline):
    """The organizations of a person, or the people of an organization."""

    model = Membership
    extra = 0
    can_delete = False
    fields = ("user", "organization", "role", "created_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People; what they may do on the platform is changed here, with a trail."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    ordering = ("-created_at",)
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login", "created_at")
    inlines = (MembershipsInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        always = ("email", "last_login", "created_at")
        # Nobody locks himself out.
        return (*always, *FLAGS) if obj is not None and obj.pk == request.user.pk else always

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        update_user(operator=request.user, user=obj, **form.cleaned_data)  # type: ignore[arg-type]


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    """Tenants."""

    list_display = ("slug", "name", "is_author", "is_personal", "people", "created_at")
    list_filter = ("is_author", "is_personal")
    search_fields = ("slug", "name", "id")
    ordering = ("-created_at",)
    inlines = (MembershipsInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        members = Membership.objects.order_by().values("organization").annotate(n=Count("pk"))
        counted = members.filter(organization=OuterRef("pk")).values("n")
        rows: QuerySet[Organization] = super().get_queryset(request)
        return rows.annotate(people=Subquery(counted))

    @admin.display(description="people")
    def people(self, organization: Any) -> int:
        return int(organization.people or 0)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who belongs where."""

    list_display = ("user", "organization", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "organization__slug", "organization__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations, without their links."""

    list_display = ("email", "organization", "role", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization",)
    search_fields = ("email", "organization__slug")
    exclude = ("token_sha256",)
    actions = ("withdraw",)

    @admin.action(description="Withdraw", permissions=["view"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        """Withdraw the chosen invitations that are open."""
        waiting = chosen.filter(accepted_at=None, revoked_at=None).select_related("organization")
        for one in waiting:
            revoke(by=acting_for(one.organization, operator=request.user), invitation=one)  # type: ignore[arg-type]
        self.message_user(request, f"{len(waiting)} invitations were withdrawn.")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys, without their secrets."""

    list_display = ("prefix", "name", "organization", "is_test", "state_now", "last_used_at")
    list_filter = ("is_test", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization",)
    search_fields = ("prefix", "name", "organization__slug", "created_by__email")
    exclude = ("sha256",)
    actions = ("revoke",)

    @admin.display(description="state")
    def state_now(self, key: ApiKey) -> str:
        return key.state(now())

    @admin.action(description="Revoke", permissions=["view"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        """Refuse the chosen keys from now on."""
        working = chosen.filter(revoked_at=None).select_related("organization")
        for key in working:
            revoke_key(by=acting_for(key.organization, operator=request.user), key=key)  # type: ignore[arg-type]
        self.message_user(request, f"{len(working)} keys were revoked.")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The trail of all organizations and of the platform."""

    list_display = ("created_at", "action", "actor_label", "target_label", "organization")
    list_filter = ("actor_kind", "action")
    list_select_related = ("organization",)
    search_fields = ("action", "actor_label", "target_label", "target_id", "request_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    show_full_result_count = False


# What allauth registers by itself shows session keys and sealed secrets, and changes
# addresses without a trail.
Authenticator = mfa_admin.Authenticator
UserSession = usersessions_admin.UserSession
for private in (account_admin.EmailAddress, Authenticator, UserSession):
    admin.site.unregister(private)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors, without their secrets; taken away from whoever lost theirs."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = list_display
    actions = ("take_away",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether second factors may be taken away."""
        return bool(request.user.is_superuser)

    @admin.action(
        description="Take away, so that the password is enough again", permissions=["operate"]
    )
    def take_away(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """Remove the chosen second factors; each leaves a trail."""
        for factor in chosen.select_related("user"):
            audit.record_of_operator(
                "second_factor.remove",
                operator=request.user,  # type: ignore[arg-type]
                target=factor.user,
                type=factor.type,
            )
            factor.delete()
        self.message_user(request, "The people may sign in without it.")


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Where people are signed in, without the keys of their sessions."""

    list_display = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "ip")
    fields = list_display
