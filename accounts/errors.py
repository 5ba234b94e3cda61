"""Refusals of accounts."""

from marketplace.core.errors import DomainError


class NotAuthenticated(DomainError):
    """The key is missing, malformed, unknown, expired or revoked; ``reason`` says which."""

    code = "accounts.not_authenticated"
    status = 401
    title = "Not authenticated"
    message = "{reason}"


class PermissionMissing(DomainError):
    """The caller is known, and its role or its key's scopes do not allow this."""

    code = "accounts.permission_missing"
    status = 403
    title = "Not allowed"
    message = "This needs the permission {permission!r}; {holder} does not have it."
