import hashlib
import zipfile

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto import mock_aws

from catalog import selectors as catalog
from inference.engine.errors import EngineFull
from inference.services.engines import stop_engine
from marketplace.storefront.importers.objects import fetch_prefix
from tests.inference.runtimes.tiny_others import tiny_encoder, tiny_linear_text

NEW = ("--task", "sentence-embeddings", "--license", "Apache-2.0")


@pytest.fixture(autouse=True)
def engine():
    yield
    stop_engine()


def test_a_folder_becomes_a_published_version(as_hana, tmp_path, capsys):
    tiny_encoder(tmp_path / "files")

    call_command("import_model", "harbor/compass", "--folder", str(tmp_path / "files"), *NEW)

    listing = catalog.get_listing("harbor", "compass", viewer=None)
    version = catalog.current_version(listing)
    assert version.number == "1.0.0"
    assert f"is published as {version.digest}" in capsys.readouterr().out


def test_a_second_try_takes_the_number_of_one_that_failed(
    as_hana, tmp_path, capsys, settings, monkeypatch
):
    tiny_encoder(tmp_path / "files")
    command = ("import_model", "harbor/compass", "--folder", str(tmp_path / "files"), *NEW)
    monkeypatch.setattr("inference.engine.room.Room.make_room", full)

    with pytest.raises(CommandError, match="leave no memory for this one"):
        call_command(*command)
    stop_engine()
    monkeypatch.undo()
    call_command(*command)

    assert "is published as" in capsys.readouterr().out


def full(*args, **kwargs):
    raise EngineFull("The models in use leave no memory for this one.")


def test_members_of_a_pinned_package_need_no_conversion(as_hana, settings, tmp_path):
    folder = tiny_encoder(tmp_path / "files")
    cache = settings.DATA_DIR / "donors"
    cache.mkdir()
    wheel = cache / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"tiny_model/{path.name}")
    members = [
        word for path in folder.iterdir() for word in ("--member", f"tiny_model/{path.name}")
    ]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()

    call_command(
        "import_model",
        "harbor/compass",
        *("--package", "tiny-model==1.0", "--sha256", digest, "--offline"),
        *members,
        *NEW,
    )

    assert catalog.current_version(catalog.get_listing("harbor", "compass", viewer=None))


def test_a_package_with_another_digest_is_not_used(as_hana, settings):
    with pytest.raises(CommandError, match="not at hand"):
        call_command(
            "import_model",
            "harbor/compass",
            *("--package", "tiny-model==1.0", "--sha256", "0" * 64, "--offline"),
            *("--member", "a/config.json", *NEW),
        )


def test_what_is_missing_of_a_pin_is_named(as_hana):
    with pytest.raises(CommandError, match="64 hex digits"):
        call_command(
            "import_model", "harbor/compass", "--package", "tiny-model==1.0", "--member", "x", *NEW
        )


def test_a_refused_folder_leaves_nothing_to_call(as_hana, tmp_path):
    folder = tiny_linear_text(tmp_path / "files")
    (folder / "model.safetensors").write_bytes(b"\x00" * 64)

    with pytest.raises(CommandError):
        call_command("import_model", "harbor/compass", "--folder", str(folder), *NEW)

    listing = catalog.get_listing("harbor", "compass", viewer=as_hana)
    assert catalog.current_version(listing) is None


def test_one_source_is_needed(as_hana):
    with pytest.raises(CommandError, match="one of"):
        call_command("import_model", "harbor/compass", *NEW)


def test_the_objects_under_a_prefix_are_copied(tmp_path):
    with mock_aws():
        client = boto3.client(
            "s3",
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        client.create_bucket(Bucket="models")
        for name in ("one/config.json", "one/deeper/x.json", "two/config.json"):
            client.put_object(Bucket="models", Key=name, Body=name.encode())

        folder = fetch_prefix("s3://models/one", tmp_path / "out", client=client)

    assert [path.name for path in folder.iterdir()] == ["config.json"]
    assert (folder / "config.json").read_bytes() == b"one/config.json"
