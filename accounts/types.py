"""Who is calling, as plain Python."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accounts.errors import PermissionMissing
from marketplace.core.errors import Forbidden

if TYPE_CHECKING:
    from accounts.models import ApiKey, Organization, User

PERMISSIONS = {
    "predictions.run": "Call models",
    "predictions.read": "See calls and their traces",
    "usage.read": "See usage and cost",
    "billing.manage": "Subscribe and change plans",
    "listings.write": "Create and publish models",
    "keys.manage": "Create and revoke keys",
    "members.manage": "Invite and remove members",
    "organization.manage": "Change the organization",
    "audit.read": "See the audit trail",
}
_VIEWER = {"predictions.read", "usage.read"}
_DEVELOPER = _VIEWER | {"predictions.run", "listings.write", "keys.manage", "billing.manage"}
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "owner": frozenset(PERMISSIONS),
    "admin": frozenset(PERMISSIONS),
    "developer": frozenset(_DEVELOPER),
    "billing": frozenset(_VIEWER | {"billing.manage"}),
    "viewer": frozenset(_VIEWER),
}
# From most to least; nobody hands out more than he has.
ROLES = ("owner", "admin", "developer", "billing", "viewer")
KEY_SCOPES = tuple(PERMISSIONS)
DEFAULT_KEY_SCOPES = (
    "predictions.run",
    "predictions.read",
    "usage.read",
    "billing.manage",
    "listings.write",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or a key acting for an organization; ``by`` of every service is one."""

    organization: "Organization"
    user: "User | None" = None
    api_key: "ApiKey | None" = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    role: str = ""

    def outranks_or_equals(self, role: str) -> bool:
        """Tell whether the caller may hand out or take away a role; a key ranks as an admin."""
        return ROLES.index(self.role or "admin") <= ROLES.index(role)

    @property
    def is_test(self) -> bool:
        """Whether the call pays with test money (a ``stoa_test_`` key)."""
        return self.api_key is not None and self.api_key.is_test

    def can(self, permission: str) -> bool:
        """Tell whether the caller has a named permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise ``PermissionMissing`` unless the caller has the permission."""
        if not self.can(permission):
            holder = "this key" if self.api_key else "your role"
            raise PermissionMissing(permission=permission, holder=holder)

    def require_unless_person(self, permission: str) -> None:
        """Raise ``PermissionMissing`` for a key without it; every member may read this."""
        if self.user is None:
            self.require(permission)


def person_of(caller: Caller) -> "User":
    """Return the person who calls; raises ``Forbidden`` for a key."""
    if caller.user is None:
        raise Forbidden(reason="This is for signed-in people; a key belongs to no person.")
    return caller.user
