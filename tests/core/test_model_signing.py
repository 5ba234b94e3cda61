import base64
import hashlib
import json
import random

import pytest
from model_signing import signing as reference_signing
from model_signing import verifying as reference_verifying

from marketplace.core import model_signing, signing
from marketplace.core.signing import BadSignature

FILES = {"config.json": b'{"runtime": "x"}', "model.safetensors": b"\x08" * 4096, "a/b.txt": b"b"}


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "model"
    for path, content in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


@pytest.fixture
def key_files(tmp_path, settings):
    public = tmp_path / "public.pem"
    public.write_bytes(signing.public_pem(signing.operator_public_key()))
    return settings.STOA_SIGNING_KEY_FILE, public


def digests():
    return [(path, hashlib.sha256(content).hexdigest()) for path, content in FILES.items()]


def test_the_reference_verifies_our_bundle(folder, tmp_path, key_files):
    bundle = model_signing.sign_manifest(digests(), name="model")
    (tmp_path / "model.sig").write_text(json.dumps(bundle))

    config = reference_verifying.Config().use_elliptic_key_verifier(public_key=key_files[1])

    config.verify(folder, tmp_path / "model.sig")


def test_we_verify_the_bundle_of_the_reference(folder, tmp_path, key_files):
    signing.operator_key()
    signer = reference_signing.Config().use_elliptic_key_signer(private_key=key_files[0])

    signer.sign(folder, tmp_path / "model.sig")

    bundle = json.loads((tmp_path / "model.sig").read_text())
    assert model_signing.verify_bundle(bundle, digests()) == model_signing.root_digest(digests())


def test_a_changed_a_missing_and_an_added_file_are_named():
    bundle = model_signing.sign_manifest(digests(), name="model")
    changed = [("config.json", "0" * 64), *digests()[1:]]

    for files in (changed, digests()[1:], [*digests(), ("config.json2", "0" * 64)]):
        with pytest.raises(BadSignature, match=r"config\.json"):
            model_signing.verify_bundle(bundle, files)


def test_no_flipped_bit_of_a_bundle_verifies():
    bundle = model_signing.sign_manifest(digests(), name="model")
    dice = random.Random(7)

    for field in ("payload", "sig"):
        for _ in range(100):
            broken = json.loads(json.dumps(bundle))
            envelope = broken["dsseEnvelope"]
            holder = envelope if field == "payload" else envelope["signatures"][0]
            raw = bytearray(base64.b64decode(holder[field]))
            raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
            holder[field] = base64.b64encode(raw).decode()
            with pytest.raises(BadSignature):
                model_signing.verify_bundle(broken, digests())


def test_another_operators_signature_is_refused(settings, tmp_path):
    bundle = model_signing.sign_manifest(digests(), name="model")

    settings.STOA_SIGNING_KEY_FILE = tmp_path / "other.pem"

    with pytest.raises(BadSignature, match="another key"):
        model_signing.verify_bundle(bundle, digests())


def test_malformed_bundles_are_refused_and_never_crash():
    for bundle in ({}, {"verificationMaterial": 1}, {"dsseEnvelope": {}}, []):
        with pytest.raises(BadSignature):
            model_signing.verify_bundle(bundle, digests())


def test_the_key_is_made_once_and_readable_by_its_owner_only(settings):
    first = signing.key_id()

    assert signing.key_id() == first
    assert settings.STOA_SIGNING_KEY_FILE.stat().st_mode & 0o777 == 0o600
