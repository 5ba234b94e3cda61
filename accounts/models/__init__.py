"""Who: users, organizations, keys, and the trail of what they did."""

from accounts.models.api_key import ApiKey
from accounts.models.audit_event import AuditEvent
from accounts.models.idempotency_record import IdempotencyRecord
from accounts.models.organization import DataPolicy, Invitation, Membership, Organization, Role
from accounts.models.tenancy import TenantManager, TenantModel, TenantQuerySet
from accounts.models.user import User

__all__ = [
    "ApiKey",
    "AuditEvent",
    "DataPolicy",
    "IdempotencyRecord",
    "Invitation",
    "Membership",
    "Organization",
    "Role",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "User",
]
