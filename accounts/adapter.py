"""allauth's hooks: a person who signs up gets a personal organization."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import SIGNED_IN_AT
from accounts.services.organizations import create_organization
from marketplace.core.clock import now


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Saves the user and the personal organization in one transaction; notes sign-ins."""

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session[SIGNED_IN_AT] = now().timestamp()

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        saved: User = super().save_user(request, user, form, commit=commit)
        if commit:
            create_organization(name=saved.get_full_name(), owner=saved, is_personal=True)
        return saved
