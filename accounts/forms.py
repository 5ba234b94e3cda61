"""Forms of accounts."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest

from accounts.models import Organization, User
from accounts.services.organizations import LONGEST_RETENTION_HOURS
from accounts.types import DEFAULT_KEY_SCOPES, PERMISSIONS, ROLES, Caller
from marketplace.core.clock import now
from marketplace.core.errors import InvalidInput
from marketplace.core.money import to_nano

EXPIRIES = (("", "Never"), ("7", "In 7 days"), ("30", "In 30 days"), ("90", "In 90 days"))
YEAR = ("365", "In a year")
ROLE_LABELS = {
    "owner": "Owner: everything, other owners included",
    "admin": "Admin: everything but owners",
    "developer": "Developer: calls and publishes models, makes keys, subscribes",
    "billing": "Billing: subscribes, sees usage and cost",
    "viewer": "Viewer: sees calls, usage and cost",
}


def add_problems(form: forms.Form, refusal: InvalidInput) -> None:
    """Show what a service refused beside the fields it names."""
    for problem in refusal.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)


class SignupForm(forms.Form):
    """What sign-up asks beyond e-mail and password."""

    name = forms.CharField(
        max_length=120, label="Your name", widget=forms.TextInput({"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the user is saved."""


class NewOrganizationForm(forms.Form):
    """A team of one, to begin with."""

    name = forms.CharField(max_length=120, help_text="A company, a team, a project.")
    slug = forms.SlugField(
        max_length=60,
        required=False,
        label="Short name",
        help_text="Appears in addresses and model names. Left empty, it is made from the name.",
    )


class OrganizationForm(forms.Form):
    """What an organization says about itself."""

    name = forms.CharField(max_length=120)
    description = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    website = forms.URLField(max_length=200, required=False, assume_scheme="https")
    is_author = forms.BooleanField(
        required=False,
        label="List models of our own",
        help_text="Opens the author desk and a public author page. This cannot be undone.",
    )

    @classmethod
    def of(cls, organization: Organization, data: Any = None) -> "OrganizationForm":
        """Return the form as the organization is now."""
        names = ("name", "description", "website", "is_author")
        form = cls(data, initial={name: getattr(organization, name) for name in names})
        if organization.is_author:
            del form.fields["is_author"]
        return form


class DataPolicyForm(forms.Form):
    """How long bodies of calls are kept, and whether they may teach models."""

    body_retention_hours = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_RETENTION_HOURS,
        label="Keep inputs and outputs for (hours)",
        help_text="Then they are deleted; counts, cost and digests stay. 0 keeps them only as "
        "long as their delivery needs.",
    )
    allows_training = forms.BooleanField(
        required=False,
        label="Authors may train on our inputs and outputs",
        help_text="Applies where a listing's terms ask for it; the stricter of both holds.",
    )


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(max_length=254, label="E-mail", widget=forms.EmailInput())
    role = forms.ChoiceField(initial="developer")

    def __init__(self, *args: Any, by: Caller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(by)  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(choices=[(role, role.capitalize()) for role in ROLES])


def role_choices(by: Caller) -> list[tuple[str, str]]:
    """Return the roles that somebody may hand out, with what they mean."""
    return [(role, ROLE_LABELS[role]) for role in ROLES if by.outranks_or_equals(role)]


class KeyForm(forms.Form):
    """A key: what it may do, and how far."""

    name = forms.CharField(max_length=80, help_text="Where it will be used: “Website”, “CI”.")
    mode = forms.ChoiceField(
        choices=[("live", "Live"), ("test", "Test: calls are paid from a separate test balance")],
        initial="live",
        widget=forms.RadioSelect(),
    )
    scopes = forms.MultipleChoiceField(
        label="It may", widget=forms.CheckboxSelectMultiple(), initial=list(DEFAULT_KEY_SCOPES)
    )
    expires = forms.ChoiceField(choices=[*EXPIRIES, YEAR], required=False)
    spending_cap = forms.DecimalField(
        min_value=0,
        max_digits=9,
        decimal_places=2,
        required=False,
        help_text="The most that it may ever spend. Empty: as much as the organization has.",
    )
    allowed_networks = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2, "class": "mono", "placeholder": "192.0.2.0/24"}),
        help_text="One address or network a line. Empty: from everywhere.",
    )

    def __init__(self, *args: Any, by: Caller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, text) for name, text in PERMISSIONS.items() if by.can(name)]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]
        self.fields["spending_cap"].label = f"Spending cap ({settings.STOA_CURRENCY})"

    def terms(self) -> dict[str, Any]:
        """Return the arguments of ``create_key``."""
        sent = self.cleaned_data
        days, cap = sent["expires"], sent["spending_cap"]
        return {
            "name": sent["name"],
            "is_test": sent["mode"] == "test",
            "scopes": sent["scopes"],
            "expires_at": now() + timedelta(days=int(days)) if days else None,
            "spending_cap_nano": None if cap is None else to_nano(cap, settings.STOA_CURRENCY),
            "allowed_networks": sent["allowed_networks"].split(),
        }


class AuditFilterForm(forms.Form):
    """Which events to show."""

    action = forms.ChoiceField(required=False, label="What happened")

    def __init__(self, data: Any, *, actions: Iterable[str]) -> None:
        super().__init__(data)
        choices = [("", "Everything"), *((one, one) for one in actions)]
        self.fields["action"].choices = choices  # type: ignore[attr-defined]
