"""Parts that are wrong in every way: each a typed refusal, and nothing half-written."""

import hashlib
import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import UnreadablePostError
from rest_framework.test import APIClient

from accounts.services.api_keys import create_key
from accounts.types import Caller
from authoring.models import Submission, UploadPart
from authoring.services import spool, submissions
from authoring.types import FileSpec
from tests.factories.authoring import all_parts, failed_check, make_listing
from tests.inference.runtimes.tiny_others import tiny_tabular

STEP = 64 << 10
DATA = bytes(range(256)) * (2 * STEP // 256) + b"the end"
TOTAL = len(DATA)


def specs(data: bytes = DATA) -> list[FileSpec]:
    found = {"config.json": b"{}", "model.safetensors": data}
    return [
        FileSpec(path, len(one), hashlib.sha256(one).hexdigest()) for path, one in found.items()
    ]


@pytest.fixture
def upload(as_hana: Caller) -> Submission:
    listing = make_listing(as_hana)
    return submissions.open_submission(by=as_hana, listing=listing, number="1.0.0", files=specs())


def put(api: APIClient, upload: Submission, data: bytes, path="model.safetensors", **more: Any):
    url = f"/api/v1/submissions/{upload.pk}/files/{path}"
    return api.put(url, data, content_type="application/octet-stream", **more)


def stored(upload: Submission, folder: Path) -> tuple[int, int, int]:
    """Return the bytes that count, the parts with rows, and the parts in the storage."""
    file = upload.files.get(path="model.safetensors")
    return file.received, UploadPart.objects.count(), len(list(all_parts(folder)))


def ranged(begin: int, end: int, total: object = TOTAL) -> dict[str, dict[str, str]]:
    return {"headers": {"Content-Range": f"bytes {begin}-{end}/{total}"}}


def sent(length: int | str, data: bytes) -> dict[str, Any]:
    """Return what makes a body of these bytes that announces another length."""
    return {"CONTENT_LENGTH": str(length), "wsgi.input": io.BytesIO(data)}


ODD: dict[str, tuple[bytes, dict[str, Any], int, str]] = {
    "a gap": (DATA[STEP:], ranged(STEP, TOTAL - 1), 409, "authoring.wrong_offset"),
    "beyond the end": (b"x", ranged(TOTAL, TOTAL), 409, "authoring.wrong_offset"),
    "far beyond": (b"x", ranged(10**17, 10**17), 409, "authoring.wrong_offset"),
    "an offset of 19 digits": (b"x", ranged(10**18, 10**18), 422, "request.invalid"),
    "a negative offset": (b"x", {"headers": {"Upload-Offset": "-1"}}, 422, "request.invalid"),
    "digits of another script": (b"x", {"HTTP_UPLOAD_OFFSET": "٠"}, 422, "request.invalid"),
    "backward": (b"x", ranged(9, 0), 422, "request.invalid"),
    "another total": (DATA, ranged(0, TOTAL - 1, 9), 422, "request.invalid"),
    "shorter than its range": (DATA[:STEP], ranged(0, STEP), 422, "authoring.bad_part"),
    "longer than its range": (DATA, ranged(0, STEP - 1), 422, "authoring.bad_part"),
    "longer than the file": (DATA + b"!", {}, 422, "authoring.bad_part"),
    "longer than a part": (bytes((16 << 20) + 1), {}, 413, "authoring.part_too_large"),
    "too small": (DATA[:100], {}, 422, "authoring.bad_part"),
    "empty": (b"", {}, 422, "authoring.bad_part"),
    "cut off": (b"", sent(TOTAL, DATA[: STEP + 9]), 422, "authoring.bad_part"),
    "cut off at once": (b"", sent(TOTAL, b""), 422, "authoring.bad_part"),
    "a length of letters": (b"", sent("many", DATA), 422, "authoring.bad_part"),
    "a negative length": (b"", sent(-5, DATA), 422, "authoring.bad_part"),
}


@pytest.mark.parametrize("name", ODD)
def test_is_refused_and_leaves_nothing(hana_api, upload, tmp_path, name) -> None:
    data, more, status, code = ODD[name]

    answer = put(hana_api, upload, data, **more)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(answer.json()["detail"]) > 10
    assert stored(upload, tmp_path) == (0, 0, 0)


def test_a_part_sent_twice_counts_once(hana_api, upload, tmp_path) -> None:
    first = put(hana_api, upload, DATA[:STEP], **ranged(0, STEP - 1))
    again = put(hana_api, upload, DATA[:STEP], **ranged(0, STEP - 1))

    assert (first.status_code, again.status_code) == (200, 409)
    assert again.headers["Upload-Offset"] == str(STEP)
    assert stored(upload, tmp_path) == (STEP, 1, 1)


def test_nothing_is_added_once_it_is_whole_or_closed(hana_api, upload, tmp_path) -> None:
    put(hana_api, upload, DATA)
    put(hana_api, upload, b"{}", path="config.json")
    whole = put(hana_api, upload, b"x", **ranged(TOTAL - 1, TOTAL - 1))
    completed = hana_api.post(f"/api/v1/submissions/{upload.pk}/complete")
    checking = put(hana_api, upload, DATA)
    submissions.run_checks(str(upload.pk))
    refused = put(hana_api, upload, DATA)

    assert completed.status_code == 202
    assert [one.json()["code"] for one in (whole, checking, refused)] == [
        "authoring.wrong_offset",
        "authoring.upload_closed",
        "authoring.upload_closed",
    ]
    assert stored(upload, tmp_path) == (TOTAL, 2, 2)


def test_other_bytes_than_those_declared_are_refused_by_their_digest(
    hana_api, as_hana, tmp_path
) -> None:
    folder = tiny_tabular(tmp_path / "model")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    other = files["config.json"].replace(b"0", b"1", 1)
    declared = [
        FileSpec(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()
    ]
    upload = submissions.open_submission(
        by=as_hana, listing=make_listing(as_hana), number="1.0.0", files=declared
    )
    for path, data in {**files, "config.json": other}.items():
        assert put(hana_api, upload, data, path=path).status_code == 200
    hana_api.post(f"/api/v1/submissions/{upload.pk}/complete")
    submissions.run_checks(str(upload.pk))

    shown = hana_api.get(f"/api/v1/submissions/{upload.pk}").json()

    assert failed_check(upload).detail["path"] == "config.json"
    assert [one["code"] for one in shown["checks"][:3]] == ["", "digest.differs", ""]
    assert (shown["state"], shown["version"]) == ("refused", None)


def test_a_connection_that_breaks_leaves_nothing(hana_api, upload, tmp_path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise UnreadablePostError("reset by peer")

    answer = put(hana_api, upload, b"", **{"CONTENT_LENGTH": str(TOTAL), "wsgi.input": Broken()})

    assert (answer.status_code, answer.json()["code"]) == (422, "authoring.bad_part")
    assert stored(upload, tmp_path) == (0, 0, 0)


def test_a_file_that_is_replaced_while_its_part_arrives_is_gone(
    hana_api, as_hana, upload, tmp_path, monkeypatch
) -> None:
    store = spool.store_part

    def slow_store(*given: Any) -> str:
        key = store(*given)
        submissions.reopen(by=as_hana, submission=upload, files=specs(DATA[:-1]))
        return key

    monkeypatch.setattr(spool, "store_part", slow_store)
    answer = put(hana_api, upload, DATA)

    assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
    assert stored(upload, tmp_path) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_six_at_once_one_is_taken_and_five_are_told(many_threads, as_hana, tmp_path) -> None:
    listing = make_listing(as_hana)
    upload = submissions.open_submission(by=as_hana, listing=listing, number="1.0.0", files=specs())
    _, token = create_key(by=as_hana, name="uploads", scopes=["listings.write"])
    barrier, answers = threading.Barrier(6), []

    def send() -> None:
        api = APIClient()
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        barrier.wait()
        answers.append(put(api, upload, DATA[:STEP], **ranged(0, STEP - 1)))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(one.status_code for one in answers) == [200] + [409] * 5
    assert stored(upload, tmp_path) == (STEP, 1, 1)
