"""Members: their roles, and their leaving."""

from uuid import UUID

from django.db import transaction

from accounts.errors import LastOwner, RoleOutOfReach
from accounts.models import ApiKey, Membership, Organization, Role, User
from accounts.services import audit
from accounts.types import Caller
from marketplace.core.clock import now
from marketplace.core.errors import Conflict, NotFound


@transaction.atomic
def add_member(
    *, by: Caller | None, organization: Organization, user: User, role: str
) -> Membership:
    """Make a person a member; the platform does it for invitations and the demo world.

    Raises ``PermissionMissing``, ``RoleOutOfReach``, and ``Conflict`` for a member.
    """
    if by is not None:
        _require_reach(by, role, organization)
    if Membership.objects.of(organization).filter(user=user).exists():
        raise Conflict(reason=f"{user} is a member of {organization} already.")
    membership = Membership.objects.create(organization=organization, user=user, role=role)
    audit.record(
        "member.add", by=by, target=user, organization=organization, role=role, user=str(user.pk)
    )
    return membership


@transaction.atomic
def change_role(*, by: Caller, membership: Membership, role: str) -> Membership:
    """Give a member another role, neither from nor to one above the caller's.

    Raises ``PermissionMissing``, ``RoleOutOfReach``, ``LastOwner`` and ``NotFound``.
    """
    locked = _lock(by, membership)
    _require_reach(by, locked.role, by.organization)
    _require_reach(by, role, by.organization)
    if locked.role == role:
        return locked
    if locked.role == Role.OWNER:
        _require_another_owner(locked)
    before, locked.role = locked.role, role
    locked.save(update_fields=["role", "updated_at"])
    audit.record("member.change_role", by=by, target=locked.user, before=before, after=role)
    return locked


@transaction.atomic
def remove_member(*, by: Caller, membership: Membership, revoke_keys: bool = True) -> None:
    """Take a member out, and the keys that this person made unless told otherwise.

    Raises ``PermissionMissing``, ``RoleOutOfReach``, ``LastOwner`` and ``NotFound``.
    """
    locked = _lock(by, membership)
    _require_reach(by, locked.role, by.organization)
    _take_out(locked, by=by, action="member.remove", revoke_keys=revoke_keys)


def remember_choice(user: User, organization_id: UUID) -> None:
    """Remember whom a member chose to act for; the next sign-in begins there."""
    Membership.objects.filter(user=user, organization_id=organization_id).update(chosen_at=now())


@transaction.atomic
def leave(*, by: Caller) -> None:
    """Leave the organization; the keys that this person made are revoked.

    Raises ``LastOwner``, and ``NotFound`` for a key, which is not a member.
    """
    _lock_organization(by)
    membership = Membership.objects.of(by.organization).filter(user=by.user).first()
    if membership is None or by.user is None:
        raise NotFound(kind="membership")
    _take_out(membership, by=by, action="member.leave", revoke_keys=True)


def _take_out(membership: Membership, *, by: Caller, action: str, revoke_keys: bool) -> None:
    if membership.role == Role.OWNER:
        _require_another_owner(membership)
    revoked = _revoke_keys_of(membership) if revoke_keys else 0
    audit.record(action, by=by, target=membership.user, role=membership.role, revoked_keys=revoked)
    membership.delete()


def _revoke_keys_of(membership: Membership) -> int:
    keys = ApiKey.objects.of(membership.organization).filter(
        created_by=membership.user, revoked_at=None
    )
    return keys.update(revoked_at=now())


def _require_reach(by: Caller, role: str, organization: Organization) -> None:
    by.require("members.manage")
    if by.organization.pk != organization.pk:
        raise NotFound(kind="organization")
    if not by.outranks_or_equals(role):
        raise RoleOutOfReach(role=role)


def _lock(by: Caller, membership: Membership) -> Membership:
    """Return the member of the caller's organization as it is now, held until the end."""
    by.require("members.manage")
    _lock_organization(by)
    rows = Membership.objects.of(by.organization).select_related("user", "organization")
    locked: Membership | None = rows.filter(pk=membership.pk).first()
    if locked is None:
        raise NotFound(kind="member")
    return locked


def _lock_organization(by: Caller) -> None:
    # One lock for all changes of members, so that two owners cannot remove each other at once.
    Organization.objects.select_for_update().get(pk=by.organization.pk)


def _require_another_owner(membership: Membership) -> None:
    owners = Membership.objects.of(membership.organization).filter(role=Role.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(organization=membership.organization)
