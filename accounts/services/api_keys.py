"""API keys: made, checked, revoked."""

import hashlib
import ipaddress
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors import NotAuthenticated
from accounts.models import ApiKey
from accounts.services import audit
from accounts.services.key_terms import KeyTerms, check_terms
from accounts.types import DEFAULT_KEY_SCOPES, Caller
from marketplace.core.clock import now
from marketplace.core.ids import random_base62, to_base62

SECRET_LENGTH = 30
CHECKSUM_LENGTH = 6
LAST_USED_PRECISION = timedelta(minutes=1)


def new_token(*, is_test: bool) -> str:
    """Return a fresh key: prefix, 30 random base62 characters, 6 of checksum."""
    prefix = "stoa_test_" if is_test else "stoa_live_"
    secret = random_base62(SECRET_LENGTH)
    return prefix + secret + _checksum(prefix + secret)


def is_well_formed(token: str) -> bool:
    """Tell from its checksum alone whether a string can be a key."""
    body, checksum = token[:-CHECKSUM_LENGTH], token[-CHECKSUM_LENGTH:]
    prefixed = body.startswith(("stoa_live_", "stoa_test_"))
    return prefixed and len(body) == 10 + SECRET_LENGTH and checksum == _checksum(body)


def _checksum(text: str) -> str:
    return to_base62(zlib.crc32(text.encode()), CHECKSUM_LENGTH)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_key(
    *,
    by: Caller,
    name: str,
    is_test: bool = False,
    scopes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    spending_cap_nano: int | None = None,
    allowed_networks: Sequence[str] = (),
) -> tuple[ApiKey, str]:
    """Create a key of the caller's organization; the token is returned once and not kept.

    Without ``scopes`` it may do what is usual, as far as its maker may. Raises
    ``PermissionMissing``, ``KeyOutOfReach`` when it could do more than its maker, and
    ``InvalidInput`` for an unknown scope or network.
    """
    by.require("keys.manage")
    if scopes is None:
        scopes = [scope for scope in DEFAULT_KEY_SCOPES if by.can(scope)]
    terms = KeyTerms(name.strip(), is_test, tuple(sorted(set(scopes))), expires_at)
    terms = replace(terms, cap=spending_cap_nano, networks=tuple(allowed_networks))
    check_terms(terms, by=by)
    token = new_token(is_test=is_test)
    key = ApiKey.objects.create(
        organization=by.organization,
        name=terms.name,
        prefix=token[:14],
        sha256=_sha256(token),
        is_test=is_test,
        scopes=list(terms.scopes),
        created_by=by.user or (by.api_key.created_by if by.api_key else None),
        expires_at=expires_at,
        spending_cap_nano=spending_cap_nano,
        allowed_networks=list(terms.networks),
    )
    audit.record("api_key.create", by=by, target=key, scopes=key.scopes, is_test=is_test)
    return key, token


@transaction.atomic
def revoke_key(*, by: Caller, key: ApiKey) -> None:
    """Refuse a key from now on; revoking twice is harmless."""
    by.require("keys.manage")
    if key.revoked_at is not None:
        return
    key.revoked_at = now()
    key.save(update_fields=["revoked_at", "updated_at"])
    audit.record("api_key.revoke", by=by, target=key)


def authenticate_key(token: str, *, address: str) -> Caller:
    """Return the caller that a key stands for; raises ``NotAuthenticated`` with the reason."""
    if not is_well_formed(token):
        raise NotAuthenticated(
            reason="This is not a whole Stoa key; check that all of it was copied."
        )
    key = ApiKey.objects.select_related("organization").filter(sha256=_sha256(token)).first()
    if key is None:
        raise NotAuthenticated(reason="This key is not known here.")
    _refuse_unusable(key, address)
    _touch(key)
    return Caller(key.organization, api_key=key, permissions=frozenset(key.scopes))


def _refuse_unusable(key: ApiKey, address: str) -> None:
    if key.revoked_at is not None:
        raise NotAuthenticated(reason=f"The key {key.prefix}… was revoked.")
    if key.expires_at is not None and key.expires_at <= now():
        raise NotAuthenticated(reason=f"The key {key.prefix}… expired.")
    if key.allowed_networks and not _is_inside(address, key.allowed_networks):
        raise NotAuthenticated(reason=f"The key {key.prefix}… may not be used from this address.")


def _is_inside(address: str, networks: Sequence[str]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(one, strict=False) for one in networks)


def _touch(key: ApiKey) -> None:
    moment = now()
    if key.last_used_at is None or moment - key.last_used_at > LAST_USED_PRECISION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=moment)
