"""The operator's key, and DSSE envelopes over in-toto statements.

DSSE: secure-systems-lab/dsse v1.0.0, protocol.md. The key is ECDSA P-256, made on first
use in ``settings.STOA_SIGNING_KEY_FILE``.
"""

import base64
import binascii
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from marketplace.core.canonical import canonical_json

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"


class BadSignature(Exception):
    """A signature, or what it signs, is not what it should be."""


def operator_key() -> ec.EllipticCurvePrivateKey:
    """Return the operator's private key."""
    return _read_key(Path(settings.STOA_SIGNING_KEY_FILE))


def operator_public_key() -> ec.EllipticCurvePublicKey:
    """Return the key that verifies everything this operator signed."""
    return operator_key().public_key()


def public_pem(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def key_id(key: ec.EllipticCurvePublicKey | None = None) -> str:
    """Return the SHA-256 of a public key's PEM, the operator's by default."""
    return hashlib.sha256(public_pem(key or operator_public_key())).hexdigest()


@lru_cache(maxsize=4)
def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        _make_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ImproperlyConfigured(f"{path.name} must hold an ECDSA P-256 private key in PEM")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(pem)
    try:
        os.link(draft, path)  # the first process wins; the others read what it wrote
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def pre_authentication_encoding(payload: bytes) -> bytes:
    """Return the bytes that a DSSE signature covers."""
    return b"DSSEv1 %d %s %d %s" % (
        len(PAYLOAD_TYPE),
        PAYLOAD_TYPE.encode(),
        len(payload),
        payload,
    )


def sign_statement(
    statement: dict[str, Any], *, key: ec.EllipticCurvePrivateKey | None = None
) -> dict[str, Any]:
    """Return a DSSE envelope over the canonical JSON of an in-toto statement."""
    key = key or operator_key()
    payload = canonical_json(statement)
    signature = key.sign(pre_authentication_encoding(payload), ec.ECDSA(hashes.SHA256()))
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [
            {"sig": base64.b64encode(signature).decode(), "keyid": key_id(key.public_key())}
        ],
    }


def verify_envelope(
    envelope: dict[str, Any], *, key: ec.EllipticCurvePublicKey | None = None
) -> dict[str, Any]:
    """Return the statement in an envelope; raises ``BadSignature``."""
    key = key or operator_public_key()
    try:
        payload = base64.b64decode(envelope["payload"], validate=True)
        signature = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
        if envelope["payloadType"] != PAYLOAD_TYPE:
            raise BadSignature(f"the payload type is {envelope['payloadType']!r}")
        key.verify(signature, pre_authentication_encoding(payload), ec.ECDSA(hashes.SHA256()))
        statement = json.loads(payload)
    except InvalidSignature:
        raise BadSignature("the signature does not fit the payload and the key") from None
    except (KeyError, IndexError, TypeError, ValueError, binascii.Error) as error:
        raise BadSignature(f"the envelope is malformed: {error}") from None
    if not isinstance(statement, dict) or statement.get("_type") != STATEMENT_TYPE:
        raise BadSignature("the payload is not an in-toto Statement v1")
    return statement
