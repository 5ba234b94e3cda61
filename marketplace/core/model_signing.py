"""OpenSSF Model Signing v1.0 with a key (ossf/model-signing-spec, spec/v1.0.md).

A version's identity is the subject digest of its manifest: the SHA-256 over the raw
SHA-256 digests of its files, in the code-point order of their paths.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.core.signing import (
    STATEMENT_TYPE,
    BadSignature,
    key_id,
    operator_key,
    operator_public_key,
    sign_statement,
    verify_envelope,
)

PREDICATE_TYPE = "https://model_signing/signature/v1.0"
BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SERIALIZATION = {
    "method": "files",
    "hash_type": "sha256",
    "allow_symlinks": False,
    "ignore_paths": [],
}
FileDigest = tuple[str, str]


def root_digest(files: Iterable[FileDigest]) -> str:
    """Return the subject digest of files given as (path, SHA-256 in hexadecimal)."""
    digest = hashlib.sha256()
    for _, sha256 in sorted(files):
        digest.update(bytes.fromhex(sha256))
    return digest.hexdigest()


def manifest_statement(files: Iterable[FileDigest], *, name: str) -> dict[str, Any]:
    """Return the in-toto statement whose subject is a model called ``name``."""
    ordered = sorted(files)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": root_digest(ordered)}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "serialization": SERIALIZATION,
            "resources": [
                {"name": path, "algorithm": "sha256", "digest": sha256} for path, sha256 in ordered
            ],
        },
    }


def sign_manifest(
    files: Iterable[FileDigest],
    *,
    name: str,
    private_key: ec.EllipticCurvePrivateKey | None = None,
) -> dict[str, Any]:
    """Return a Sigstore bundle over the manifest, by the operator's key unless one is given."""
    key = private_key or operator_key()
    envelope = sign_statement(manifest_statement(files, name=name), key=key)
    return {
        "mediaType": BUNDLE_TYPE,
        "verificationMaterial": {
            "publicKey": {"hint": key_id(key.public_key())},
            "tlogEntries": [],
        },
        "dsseEnvelope": envelope,
    }


def verify_bundle(
    bundle: dict[str, Any],
    files: Iterable[FileDigest],
    *,
    public_key: ec.EllipticCurvePublicKey | None = None,
) -> str:
    """Check that a bundle signs exactly these files, and return their root digest.

    Raises ``BadSignature``: wrong key, edited payload, or a file changed, missing or added.
    """
    key = public_key or operator_public_key()
    try:
        hint = bundle["verificationMaterial"]["publicKey"]["hint"]
        envelope = bundle["dsseEnvelope"]
    except (KeyError, TypeError):
        raise BadSignature("the bundle is malformed") from None
    if hint and hint != key_id(key):
        raise BadSignature("the bundle was signed by another key")
    statement = verify_envelope(envelope, key=key)
    return _check_statement(statement, sorted(files))


def _check_statement(statement: dict[str, Any], files: list[FileDigest]) -> str:
    try:
        resources = statement["predicate"]["resources"]
        signed = [(one["name"], one["digest"]) for one in resources]
        subject = statement["subject"][0]["digest"]["sha256"]
    except (KeyError, IndexError, TypeError):
        raise BadSignature("the statement is malformed") from None
    if statement.get("predicateType") != PREDICATE_TYPE:
        raise BadSignature("the statement is not an OpenSSF model signature v1.0")
    if signed != files:
        changed = sorted({path for path, _ in set(signed) ^ set(files)})
        raise BadSignature(f"these files are not the signed ones: {', '.join(changed)}")
    if subject != root_digest(files):
        raise BadSignature("the root digest does not fit the files")
    return str(subject)
