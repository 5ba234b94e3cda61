"""allauth's hooks: a person who signs up gets a personal organization."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts.errors import AddressJustTaken
from accounts.models import User
from accounts.permissions import SIGNED_IN_AT
from accounts.services.organizations import create_organization
from marketplace.core.clock import now


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Saves the user and the personal organization in one transaction; notes sign-ins."""

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session[SIGNED_IN_AT] = now().timestamp()

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        if not commit:
            unsaved: User = super().save_user(request, user, form, commit=False)
            return unsaved
        with transaction.atomic():
            self._insert(request, user, form)
            create_organization(name=user.get_full_name(), owner=user, is_personal=True)
        return user

    def _insert(self, request: HttpRequest, user: User, form: Any) -> None:
        try:
            super().save_user(request, user, form)
        except IntegrityError:
            raise AddressJustTaken from None
