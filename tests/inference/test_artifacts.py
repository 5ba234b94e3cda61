"""A version's folder on this machine holds the signed bytes, or there is none."""

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.storage import storages

from catalog.selectors import version_ref
from catalog.types import VersionFileRef
from inference.artifacts import MissingArtifact, TamperedArtifact, materialize
from marketplace.core.model_signing import root_digest, sign_manifest
from tests.factories.inference import flip_last_byte

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(shield):
    return shield.versions.get()


@pytest.fixture
def ref(version):
    return version_ref(version)


def test_holds_every_file_of_the_version(ref):
    folder = materialize(ref)

    found = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert found == {file.path: file.size for file in ref.files}
    assert folder.name == ref.digest


def test_is_made_once(ref):
    first = materialize(ref).stat()

    assert materialize(ref).stat().st_ino == first.st_ino


def test_copies_not_used_for_longest_leave_a_full_disk(ref, settings, caplog):
    settings.STOA_VERSION_CACHE_MB = 0
    place = materialize(ref).parent
    for name, minutes in (("a" * 64, 90), ("b" * 64, 30), ("c" * 64, 5)):
        (place / name).mkdir()
        (place / name / "model.safetensors").write_bytes(bytes(600_000))
        used = time.time() - minutes * 60
        os.utime(place / name, (used, used))
    shutil.rmtree(place / ref.digest)
    settings.STOA_VERSION_CACHE_MB = 1

    materialize(ref)

    assert {path.name for path in place.iterdir()} == {"c" * 64, ref.digest}
    assert "aaaaaaaaaaaa leaves the disk" in caplog.text


def test_a_version_is_had_while_another_process_tidies(ref, monkeypatch):
    def vanished(folder):
        raise FileNotFoundError(folder)

    monkeypatch.setattr("inference.artifacts._size_of", vanished)

    assert (materialize(ref) / "model.safetensors").is_file()


def test_leaves_no_drafts_behind(ref):
    folder = materialize(ref)

    assert [path.name for path in folder.parent.iterdir()] == [ref.digest]


def test_replaces_a_local_copy_that_changed(ref, caplog):
    path = materialize(ref) / "config.json"
    good = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(good + b" ")

    assert (materialize(ref) / "config.json").read_bytes() == good
    assert "config.json changed" in caplog.text


def test_replaces_a_local_copy_with_a_surplus_file(ref):
    (materialize(ref) / "extra.json").write_text("{}")

    assert not (materialize(ref) / "extra.json").exists()


def test_replaces_a_local_copy_that_points_elsewhere(ref, tmp_path):
    path = materialize(ref) / "config.json"
    shutil.copy(path, tmp_path / "config.json")
    path.unlink()
    path.symlink_to(tmp_path / "config.json")

    assert not (materialize(ref) / "config.json").is_symlink()


def test_refuses_a_blob_that_changed_in_the_store(ref, version, tmp_path, caplog):
    flip_last_byte(version, "model.safetensors")

    with pytest.raises(TamperedArtifact, match=r"model\.safetensors"):
        materialize(ref)

    assert list((tmp_path / "cache" / "versions").iterdir()) == []
    assert "CRITICAL" in caplog.text


def test_refuses_when_copy_and_store_both_changed(ref, version):
    path = materialize(ref) / "model.safetensors"
    path.chmod(0o644)
    path.write_bytes(b"evil")
    flip_last_byte(version, "model.safetensors")

    with pytest.raises(TamperedArtifact):
        materialize(ref)


def test_says_when_a_blob_is_gone(ref):
    shutil.rmtree(Path(storages["artifacts"].location) / "sha256")

    with pytest.raises(MissingArtifact):
        materialize(ref)


def test_refuses_a_signature_by_another_key(ref, settings, tmp_path):
    settings.STOA_SIGNING_KEY_FILE = tmp_path / "other.pem"

    with pytest.raises(TamperedArtifact, match="signature"):
        materialize(ref)


def test_refuses_a_bundle_of_other_files(ref):
    pairs = [(file.path, file.sha256) for file in ref.files[1:]]

    with pytest.raises(TamperedArtifact):
        materialize(replace(ref, bundle=sign_manifest(pairs, name="x")))


def test_refuses_a_digest_that_is_not_the_files(ref):
    with pytest.raises(TamperedArtifact, match="another digest"):
        materialize(replace(ref, digest="0" * 64))


@pytest.mark.parametrize("path", ["../escape.json", "/etc/escape.json"])
def test_refuses_paths_outside_the_folder(ref, path):
    files = (VersionFileRef(path, ref.files[0].sha256, ref.files[0].size),)
    pairs = [(file.path, file.sha256) for file in files]
    signed = replace(
        ref, files=files, digest=root_digest(pairs), bundle=sign_manifest(pairs, name="x")
    )

    with pytest.raises(TamperedArtifact, match="outside"):
        materialize(signed)
