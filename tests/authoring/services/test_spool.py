"""Parts in an S3-compatible store, spoken to over HTTP."""

import hashlib
import io
from collections.abc import Iterator

import boto3
import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from authoring.services import spool, submissions
from authoring.types import SMALLEST_PART_BYTES, FileSpec
from tests.factories.authoring import make_listing

DATA = bytes(range(256)) * (2 * SMALLEST_PART_BYTES // 256) + b"the end"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def bucket(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A bucket that holds the private files."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"access_key": "testing", "secret_key": "testing", "region_name": "us-east-1"}
    place = {"bucket_name": "stoa", "endpoint_url": f"http://{host}:{port}", **keys}
    s3 = boto3.resource(
        "s3",
        endpoint_url=place["endpoint_url"],
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    s3.create_bucket(Bucket="stoa")
    options = {**place, "location": "files", "file_overwrite": True, "default_acl": None}
    files = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    yield s3.Bucket("stoa")
    server.stop()


def keys_in(bucket) -> list[str]:
    return [one.key for one in bucket.objects.all()]


def test_parts_are_objects_joined_and_removed(bucket, as_hana, tmp_path) -> None:
    files = [FileSpec("config.json", 2, SHA), FileSpec("model.safetensors", len(DATA), SHA)]
    upload = submissions.open_submission(
        by=as_hana, listing=make_listing(as_hana), number="1.0.0", files=files
    )
    file = upload.files.get(path="model.safetensors")
    for offset in range(0, len(DATA), SMALLEST_PART_BYTES):
        part = io.BytesIO(DATA[offset : offset + SMALLEST_PART_BYTES])
        submissions.receive(by=as_hana, file=file, offset=offset, chunk=part)
    orphan = f"{spool.folder_of_file(file)}/left-by-a-crash"
    storages["default"].save(orphan, io.BytesIO(b"x"))

    assert len(keys_in(bucket)) == 4
    assert all(key.startswith(f"files/uploads/{upload.pk}/") for key in keys_in(bucket))
    assert spool.assemble(file, tmp_path / "joined", lambda done: None) == SHA
    assert (tmp_path / "joined").read_bytes() == DATA
    spool.delete_submission(upload)
    assert keys_in(bucket) == []
