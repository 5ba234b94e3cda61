"""Reads about users, organizations and what happened in them."""

import hashlib
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest

from accounts.models import (
    ApiKey,
    AuditEvent,
    DataPolicy,
    Invitation,
    Membership,
    Organization,
    User,
)
from accounts.types import ROLE_PERMISSIONS, ROLES, Caller
from marketplace.core.errors import NotFound

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
    return Caller(
        membership.organization,
        user=membership.user,
        permissions=permissions,
        role=membership.role,
    )


def caller_of_session(request: HttpRequest) -> Caller | None:
    """Return whom a signed-in person acts for: the organization chosen in this browser, else
    the one chosen last anywhere, else the personal one."""
    if not request.user.is_authenticated:
        return None
    memberships = list(memberships_of(request.user))
    if not memberships:
        return None
    chosen = request.session.get(SESSION_KEY)
    acting = max(memberships, key=lambda one: (str(one.organization_id) == chosen, _choice(one)))
    acting.user = request.user
    return caller_for(acting)


def _choice(membership: Membership) -> float:
    return membership.chosen_at.timestamp() if membership.chosen_at else 0.0


def acting_for(organization: Organization, *, operator: User | None = None) -> Caller:
    """Return a caller who may do everything in an organization: the platform, or its operator.

    For commands, the demo world, and the operator's admin; the trail names the operator.
    """
    return Caller(organization, user=operator, permissions=ROLE_PERMISSIONS["owner"], role="owner")


def organization_by_slug(slug: str) -> Organization:
    """Return an organization; raises ``NotFound``."""
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(kind="organization")
    return found


def data_policy_of(organization: Organization) -> DataPolicy:
    """Return how an organization wants the bodies of its calls handled."""
    return DataPolicy.objects.get_or_create(organization=organization)[0]


def members_of(organization: Organization) -> QuerySet[Membership]:
    """Return the members with their users, owners first."""
    ranks = [When(role=role, then=Value(rank)) for rank, role in enumerate(ROLES)]
    members: QuerySet[Membership] = Membership.objects.of(organization)
    return (
        members.select_related("user", "organization")
        .annotate(rank=Case(*ranks, default=len(ROLES), output_field=IntegerField()))
        .order_by("rank", "user__email")
    )


def member(by: Caller, pk: UUID) -> Membership:
    """Return a member of the caller's organization; raises ``NotFound``."""
    found: Membership | None = members_of(by.organization).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="member")
    return found


def open_invitations_of(organization: Organization) -> QuerySet[Invitation]:
    """Return the invitations that were neither accepted nor withdrawn, newest first."""
    return (
        Invitation.objects.of(organization)
        .filter(accepted_at=None, revoked_at=None)
        .select_related("invited_by", "organization")
        .order_by("-created_at")
    )


def open_invitation(by: Caller, pk: UUID) -> Invitation:
    """Return an open invitation of the caller's organization; raises ``NotFound``."""
    found: Invitation | None = open_invitations_of(by.organization).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="open invitation")
    return found


def invitation_of_token(token: str) -> Invitation | None:
    """Return the invitation of a link, whatever became of it."""
    return (
        Invitation.objects.select_related("organization", "invited_by")
        .filter(token_sha256=hashlib.sha256(token.encode()).hexdigest())
        .first()
    )


def keys_of(organization: Organization) -> QuerySet[ApiKey]:
    """Return the keys of an organization, revoked ones included, newest first."""
    return (
        ApiKey.objects.of(organization)
        .select_related("created_by", "organization")
        .order_by("-created_at")
    )


def api_key(by: Caller, pk: UUID) -> ApiKey:
    """Return a key of the caller's organization; raises ``NotFound``."""
    found: ApiKey | None = keys_of(by.organization).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="key")
    return found


def audit_events_of(organization: Organization, *, action: str = "") -> QuerySet[AuditEvent]:
    """Return what happened in an organization; ``action`` may be a prefix like ``member.``."""
    events = AuditEvent.objects.filter(organization=organization)
    return events.filter(action__startswith=action) if action else events


def audit_actions_of(organization: Organization) -> list[str]:
    """Return the kinds of events that an organization has, by name."""
    events = AuditEvent.objects.filter(organization=organization)
    return list(events.order_by("action").values_list("action", flat=True).distinct())
