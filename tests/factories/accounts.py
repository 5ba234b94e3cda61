"""People in roles, invitations, and the trail they leave."""

import re
from collections.abc import Sequence

from django.core import mail

from accounts.models import AuditEvent, Membership, Organization, User
from accounts.selectors import caller_for
from accounts.types import Caller

ROLES = ("owner", "admin", "developer", "billing", "viewer")


def member_as(organization: Organization, role: str, email: str = "") -> Caller:
    """Return a new member of an organization, as a caller."""
    email = email or f"{role}-{User.objects.count()}@people.example"
    user = User.objects.create_user(email, "correct horse battery", name=role.capitalize())
    membership = Membership.objects.create(organization=organization, user=user, role=role)
    return caller_for(membership)


def membership_of(caller: Caller) -> Membership:
    """Return the membership behind a caller."""
    return Membership.objects.get(organization=caller.organization, user=caller.user)


def mailed_token() -> str:
    """Return the token in the newest mail's invitation link."""
    found = re.search(r"/invitations/([\w-]+)/", mail.outbox[-1].body)
    assert found
    return found[1]


def actions(organization: Organization) -> Sequence[str]:
    """Return what happened in an organization after it was made, oldest first."""
    events = AuditEvent.objects.filter(organization=organization).order_by("created_at", "id")
    return [event.action for event in events if event.action != "organization.create"]
