"""Pages of an organization: made, chosen, changed, left."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import DataPolicyForm, NewOrganizationForm, OrganizationForm, add_problems
from accounts.permissions import act_for, caller_of, needs, person, signed_in
from accounts.selectors import SESSION_KEY, data_policy_of, memberships_of
from accounts.services import members
from accounts.services.organizations import (
    create_organization,
    set_data_policy,
    update_organization,
)
from marketplace.core.errors import InvalidInput, NotFound
from marketplace.core.ui import Pair, Tab


def _tabs(current: str) -> list[Tab]:
    parts = (("Profile", "/organization/"), ("Data policy", "/organization/data/"))
    return [Tab(label, url, url == current) for label, url in parts]


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Show the organization, and change it."""
    by = caller_of(request)
    form = OrganizationForm.of(by.organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            update_organization(by=by, **form.cleaned_data)
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, "The organization was changed.")
            return redirect("organization")
    one = by.organization
    page = {
        "form": form,
        "can_change": by.can("organization.manage"),
        "facts": [
            Pair("Name", one.name),
            Pair("Short name", one.slug),
            Pair("Description", one.description or "not given"),
            Pair("Website", one.website or "not given"),
        ],
        "tabs": _tabs(request.path),
    }
    return render(request, "accounts/organization.html", page)


@signed_in
def data_policy(request: HttpRequest) -> HttpResponse:
    """Show what happens with the bodies of calls, and decide it."""
    by = caller_of(request)
    policy = data_policy_of(by.organization)
    fields = ("body_retention_hours", "allows_training")
    initial = {name: getattr(policy, name) for name in fields}
    form = DataPolicyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_data_policy(by=by, **form.cleaned_data)
        messages.success(request, "The data policy was changed.")
        return redirect("data-policy")
    page = {
        "form": form,
        "facts": [
            Pair("Inputs and outputs are kept for", f"{policy.body_retention_hours} hours"),
            Pair("Authors may train on them", "yes" if policy.allows_training else "no"),
        ],
        "can_change": by.can("organization.manage"),
        "tabs": _tabs(request.path),
    }
    return render(request, "accounts/data_policy.html", page)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Make a team organization and act for it."""
    form = NewOrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_organization(owner=person(request), **form.cleaned_data)
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            act_for(request, made.pk)
            messages.success(request, f"{made.name} is there. Invite the others.")
            return redirect("members")
    return render(request, "accounts/new_organization.html", {"form": form})


@require_POST
@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another organization of one's own from now on."""
    slug = request.POST.get("organization", "")
    chosen = memberships_of(person(request)).filter(organization__slug=slug).first()
    if chosen is None:
        raise NotFound(kind="organization of yours")
    act_for(request, chosen.organization_id)
    return redirect(_after_switch(request))


def _after_switch(request: HttpRequest) -> str:
    # A page of one thing belongs to the organization that was left; its list does not.
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return "/"
    return wanted


@require_POST
@signed_in
def leave(request: HttpRequest) -> HttpResponse:
    """Leave the organization."""
    by = caller_of(request)
    members.leave(by=by)
    request.session.pop(SESSION_KEY, None)
    messages.success(request, f"You left {by.organization.name}.")
    return redirect("/")


@require_GET
@needs("predictions.read")
def settings_page(request: HttpRequest) -> HttpResponse:
    """Lead to the organization's pages from their short address."""
    return redirect("organization")
