"""Short-lived secrets at rest: readable by this installation only, not from a copy of its data."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(data: bytes, *, purpose: str) -> bytes:
    """Encrypt bytes for one purpose; the purpose is needed again to read them."""
    return _box(purpose).encrypt(data)


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """Return what ``seal`` was given; raises ``cryptography.fernet.InvalidToken``."""
    return _box(purpose).decrypt(sealed)


def _box(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str | bytes, purpose: str) -> bytes:
    start = secret.encode() if isinstance(secret, str) else secret
    mixed = hmac.new(start, f"seal:{purpose}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mixed.digest())
