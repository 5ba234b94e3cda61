"""Reads about users and organizations."""

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Membership, User
from accounts.types import ROLE_PERMISSIONS, Caller

SESSION_KEY = "organization"


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return a person's memberships with their organizations, personal one first."""
    return (
        Membership.objects.filter(user=user)
        .select_related("organization")
        .order_by("-organization__is_personal", "organization__name")
    )


def caller_for(membership: Membership) -> Caller:
    """Return the caller that a member is."""
    permissions = ROLE_PERMISSIONS[membership.role]
    return Caller(membership.organization, user=membership.user, permissions=permissions)


def caller_of_session(request: HttpRequest) -> Caller | None:
    """Return whom a signed-in person acts for: the organization chosen, else the first."""
    if not request.user.is_authenticated:
        return None
    memberships = list(memberships_of(request.user))
    chosen = request.session.get(SESSION_KEY)
    ordered = sorted(memberships, key=lambda one: str(one.organization_id) != chosen)
    return caller_for(ordered[0]) if ordered else None
