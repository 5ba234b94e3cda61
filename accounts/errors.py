"""Refusals of accounts."""

from marketplace.core.errors import DomainError


class NotAuthenticated(DomainError):
    """The key is missing, malformed, unknown, expired or revoked; ``reason`` says which."""

    code = "accounts.not_authenticated"
    status = 401
    title = "Not authenticated"
    message = "{reason}"


class AddressJustTaken(DomainError):
    """Two sign-ups with one address came at the same moment; the other one made the account."""

    code = "accounts.address_taken"
    status = 409
    title = "This address has an account now"
    message = "Another sign-up with this address came a moment earlier. Sign in instead."


class PermissionMissing(DomainError):
    """The caller is known, and its role or its key's scopes do not allow this."""

    code = "accounts.permission_missing"
    status = 403
    title = "Not allowed"
    message = "This needs the permission {permission!r}; {holder} does not have it."


class LastOwner(DomainError):
    """Somebody must be able to manage an organization."""

    code = "accounts.last_owner"
    status = 409
    title = "The last owner must stay"
    message = "{organization} would have no owner left; make somebody else an owner first."


class RoleOutOfReach(DomainError):
    """Nobody gives or takes a role above his own."""

    code = "accounts.role_out_of_reach"
    status = 403
    title = "This role is above yours"
    message = "Only somebody who is at least {role} may give or take the role {role}."


class KeyOutOfReach(DomainError):
    """Nobody makes a key that may do more than its maker."""

    code = "accounts.key_out_of_reach"
    status = 403
    title = "This key would be able to do more than you"
    message = "{reason}"


class InvitationUnusable(DomainError):
    """The link is unknown, used, withdrawn, too old, or was sent to somebody else."""

    code = "accounts.invitation_unusable"
    status = 410
    title = "This invitation cannot be used"
    message = "{reason}"


class IdempotencyKeyInFlight(DomainError):
    """The first request with this key has not been answered yet."""

    code = "request.idempotency_key_in_flight"
    status = 409
    title = "The first request is still running"
    message = "A request with this Idempotency-Key is still running; repeat it a little later."


class IdempotencyKeyReused(DomainError):
    """The key was used for a request of another method, path, body or sender."""

    code = "request.idempotency_key_reused"
    status = 422
    title = "The Idempotency-Key belongs to another request"
    message = (
        "This Idempotency-Key was used for a request with another method, path, body or sender; "
        "use a new key for a new request."
    )


class IdempotencyKeyOnStream(DomainError):
    """A stream is not kept, so that its repetition could not be answered."""

    code = "request.idempotency_key_on_stream"
    status = 400
    title = "Streams cannot be repeated"
    message = "A streamed answer is not kept; leave out the Idempotency-Key, or the stream."


class RateLimited(DomainError):
    """Too many requests in this minute."""

    code = "request.throttled"
    status = 429
    title = "Too many requests"
    message = "{limit} requests a minute are allowed; go on in {retry_after_seconds} seconds."
