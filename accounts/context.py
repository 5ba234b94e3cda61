"""What the account menu of every page shows."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Membership
from accounts.selectors import memberships_of


def account(request: HttpRequest) -> dict[str, object]:
    """Template context: the memberships of the person, read when the menu is drawn."""
    return {"memberships": SimpleLazyObject(lambda: _memberships(request))}


def _memberships(request: HttpRequest) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    return list(memberships_of(request.user))
