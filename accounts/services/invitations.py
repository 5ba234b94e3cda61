"""Invitations by e-mail: sent, sent again, withdrawn, accepted."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.errors import InvitationUnusable, RoleOutOfReach
from accounts.gateways import send_invitation
from accounts.models import Invitation, Membership, Organization, User
from accounts.selectors import open_invitations_of
from accounts.services import audit
from accounts.services.members import add_member
from accounts.types import ROLES, Caller
from marketplace.core.clock import now
from marketplace.core.errors import Conflict, FieldProblem, InvalidInput, NotFound

VALID_FOR = timedelta(days=7)
MOST_PER_DAY = 50


def digest_of(token: str) -> str:
    """Return what is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, by: Caller, email: str, role: str) -> Invitation:
    """Invite an address to the caller's organization; the link goes out after commit.

    Raises ``PermissionMissing``, ``RoleOutOfReach``, ``Conflict`` after fifty in a day, and
    ``InvalidInput`` for an address that is wrong, invited or a member already.
    """
    email = email.strip().lower()
    _require_reach(by, role)
    _refuse_address(by, email)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organization=by.organization,
        email=email,
        role=role,
        token_sha256=digest_of(token),
        invited_by=by.user or _an_owner(by.organization),
        expires_at=now() + VALID_FOR,
    )
    _insert(invitation)
    audit.record("invitation.create", by=by, target=invitation, role=role)
    _send(invitation, token)
    return invitation


def _insert(invitation: Invitation) -> None:
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError:  # somebody invited the address this very moment
        raise InvalidInput([_invited(invitation.email)]) from None


@transaction.atomic
def resend(*, by: Caller, invitation: Invitation) -> Invitation:
    """Send a new link, valid for seven days; the old link stops working.

    Raises ``PermissionMissing``, ``RoleOutOfReach`` and ``NotFound``.
    """
    locked = _lock_open(by, invitation)
    _require_reach(by, locked.role)
    token = secrets.token_urlsafe(32)
    locked.token_sha256, locked.expires_at = digest_of(token), now() + VALID_FOR
    locked.save(update_fields=["token_sha256", "expires_at", "updated_at"])
    audit.record("invitation.resend", by=by, target=locked)
    _send(locked, token)
    return locked


@transaction.atomic
def revoke(*, by: Caller, invitation: Invitation) -> None:
    """Withdraw an invitation; its link stops working.

    Raises ``PermissionMissing`` and ``NotFound``.
    """
    locked = _lock_open(by, invitation)
    locked.revoked_at = now()
    locked.save(update_fields=["revoked_at", "updated_at"])
    audit.record("invitation.revoke", by=by, target=locked)


@transaction.atomic
def accept(*, user: User, token: str) -> Membership:
    """Make the invited person a member.

    Raises ``InvitationUnusable`` with the reason, and ``Conflict`` for a member.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(token_sha256=digest_of(token))
        .first()
    )
    found = require_usable(invitation)
    if found.email != user.email.lower():
        raise InvitationUnusable(
            reason=f"It was sent to another address than yours ({user.email}). Sign in with that "
            f"address, or ask for an invitation to this one."
        )
    found.accepted_at = now()
    found.save(update_fields=["accepted_at", "updated_at"])
    return add_member(by=None, organization=found.organization, user=user, role=found.role)


def require_usable(invitation: Invitation | None) -> Invitation:
    """Return an invitation that can be accepted; raises ``InvitationUnusable``."""
    if invitation is None:
        raise InvitationUnusable(reason="This link is not known here, or a newer one was sent.")
    if invitation.accepted_at is not None:
        raise InvitationUnusable(reason="It was accepted already.")
    if invitation.revoked_at is not None:
        raise InvitationUnusable(reason="It was withdrawn.")
    if invitation.expires_at <= now():
        raise InvitationUnusable(reason="It is older than seven days; ask for another one.")
    return invitation


def _require_reach(by: Caller, role: str) -> None:
    by.require("members.manage")
    if role not in ROLES:
        message = f"{role!r} is not a role; choose of {', '.join(ROLES)}."
        raise InvalidInput([FieldProblem("role", message)])
    if not by.outranks_or_equals(role):
        raise RoleOutOfReach(role=role)


def _refuse_address(by: Caller, email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInput([FieldProblem("email", "This is not an e-mail address.")]) from None
    if Membership.objects.of(by.organization).filter(user__email__iexact=email).exists():
        raise InvalidInput([FieldProblem("email", f"{email} is a member already.", "taken")])
    if open_invitations_of(by.organization).filter(email=email).exists():
        raise InvalidInput([_invited(email)])
    recent = Invitation.objects.of(by.organization).filter(created_at__gt=now() - timedelta(days=1))
    if recent.count() >= MOST_PER_DAY:
        raise Conflict(reason=f"{MOST_PER_DAY} invitations were made within a day; go on tomorrow.")


def _invited(email: str) -> FieldProblem:
    message = f"{email} is invited already; send that invitation again."
    return FieldProblem("email", message, "taken")


def _lock_open(by: Caller, invitation: Invitation) -> Invitation:
    by.require("members.manage")
    rows = Invitation.objects.of(by.organization).select_for_update(of=("self",))
    locked: Invitation | None = (
        rows.select_related("organization", "invited_by")
        .filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        .first()
    )
    if locked is None:
        raise NotFound(kind="open invitation")
    return locked


def _an_owner(organization: Organization) -> User:
    owner: User = Membership.objects.of(organization).filter(role="owner")[0].user
    return owner


def _send(invitation: Invitation, token: str) -> None:
    transaction.on_commit(lambda: send_invitation(invitation, token))
