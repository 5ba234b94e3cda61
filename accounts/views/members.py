"""Pages of members and invitations."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import InvitationUnusable
from accounts.forms import InviteForm, RoleForm, add_problems, role_choices
from accounts.models import Invitation, Membership
from accounts.permissions import act_for, caller_of, needs, person, recently_signed_in, signed_in
from accounts.selectors import (
    invitation_of_token,
    member,
    members_of,
    open_invitation,
    open_invitations_of,
)
from accounts.services import invitations, members
from accounts.types import Caller
from marketplace.core.clock import now
from marketplace.core.errors import DomainError, InvalidInput
from marketplace.core.ui import Choice


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member, and what the viewer of the page may do about it."""

    membership: Membership
    is_self: bool
    can_change: bool

    @property
    def change_label(self) -> str:
        """What the button beside the role does, for those who hear it."""
        return f"Change the role of {self.membership.user.get_full_name()}"

    @property
    def remove_label(self) -> str:
        """What the button at the end of the row does."""
        return f"Remove {self.membership.user.get_full_name()}"


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An open invitation, and whether its link still works."""

    invitation: Invitation
    is_expired: bool

    @property
    def resend_label(self) -> str:
        """What the first button does, for those who hear it."""
        return f"Send the invitation to {self.invitation.email} again"

    @property
    def withdraw_label(self) -> str:
        """What the second button does."""
        return f"Withdraw the invitation of {self.invitation.email}"


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Show the members; invite one."""
    by = caller_of(request)
    form = InviteForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations.invite(by=by, **form.cleaned_data)
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, f"An invitation is on its way to {made.email}.")
            return redirect("members")
    return render(request, "accounts/members.html", _page(by, form))


def _page(by: Caller, form: InviteForm) -> dict[str, object]:
    manages = by.can("members.manage")
    rows = [
        MemberRow(one, one.user == by.user, manages and by.outranks_or_equals(one.role))
        for one in members_of(by.organization)
    ]
    moment = now()
    waiting = [
        InvitationRow(one, one.expires_at <= moment)
        for one in (open_invitations_of(by.organization) if manages else ())
    ]
    roles = [Choice(role, role.capitalize()) for role, _ in role_choices(by)]
    return {
        "rows": rows,
        "invitations": waiting,
        "form": form,
        "roles": roles,
        "can_manage": manages,
        "organization": by.organization,
    }


@require_POST
@recently_signed_in
@needs("members.manage")
def change_role(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Give a member another role."""
    by = caller_of(request)
    form = RoleForm(request.POST)
    found = member(by, member_id)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
        return redirect("members")
    try:
        members.change_role(by=by, membership=found, role=form.cleaned_data["role"])
    except DomainError as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, f"{found.user} is now {form.cleaned_data['role']}.")
    return redirect("members")


@require_POST
@needs("members.manage")
def remove(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Take a member out."""
    by = caller_of(request)
    found = member(by, member_id)
    keeps = request.POST.get("keys") == "keep"
    try:
        members.remove_member(by=by, membership=found, revoke_keys=not keeps)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, f"{found.user} was removed.")
    return redirect("members")


@require_POST
@needs("members.manage")
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    by = caller_of(request)
    found = open_invitation(by, invitation_id)
    invitations.revoke(by=by, invitation=found)
    messages.success(request, f"The invitation of {found.email} was withdrawn.")
    return redirect("members")


@require_POST
@needs("members.manage")
def resend(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send an invitation again."""
    by = caller_of(request)
    found = open_invitation(by, invitation_id)
    invitations.resend(by=by, invitation=found)
    messages.success(request, f"A new link is on its way to {found.email}.")
    return redirect("members")


@never_cache
@require_http_methods(["GET", "HEAD"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation to whoever has its link."""
    try:
        found = invitations.require_usable(invitation_of_token(token))
    except InvitationUnusable as refusal:
        gone = {"reason": refusal.detail}
        return render(request, "accounts/invitation.html", gone, status=refusal.status)
    ways = {"next": request.path}
    page: dict[str, object] = {
        "invitation": found,
        "accept_url": reverse("accept-invitation", args=[token]),
        "signup_url": f"{reverse('account_signup')}?{urlencode({**ways, 'email': found.email})}",
        "login_url": f"{reverse('account_login')}?{urlencode(ways)}",
        "is_addressed": request.user.is_authenticated and request.user.email == found.email,
    }
    return render(request, "accounts/invitation.html", page)


@require_POST
@login_required
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Join, and act for the organization from now on."""
    made = invitations.accept(user=person(request), token=token)
    act_for(request, made.organization_id)
    messages.success(request, f"Welcome to {made.organization.name}.")
    return redirect("members")
