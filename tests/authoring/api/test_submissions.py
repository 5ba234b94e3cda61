"""Uploads over the API, with a real key."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from authoring.errors import CheckFailed
from authoring.models import Submission
from authoring.services import submissions
from authoring.services.steps import running
from catalog.models import Listing
from tests.factories.authoring import checked, make_listing, uploaded
from tests.factories.catalog import published_listing
from tests.inference.runtimes.tiny_others import tiny_tabular

OPEN = "/api/v1/models/harbor/scorer/submissions"
DATA = bytes(range(256)) * 1024
SPECS = [
    {"path": "config.json", "size": 2, "sha256": hashlib.sha256(b"{}").hexdigest()},
    {"path": "model.safetensors", "size": len(DATA), "sha256": hashlib.sha256(DATA).hexdigest()},
]


@pytest.fixture
def listing(as_hana) -> Listing:
    return make_listing(as_hana)


def opened(api: APIClient, **more: Any) -> dict[str, Any]:
    answer = api.post(OPEN, {"number": "1.0.0", "files": SPECS, **more})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def put(
    api: APIClient, upload: dict[str, Any], data: bytes, *, path="model.safetensors", **headers
) -> Response:
    url = f"/api/v1/submissions/{upload['id']}/files/{path}"
    return api.put(url, data, content_type="application/octet-stream", headers=headers)


def test_opens_an_upload(hana_api, listing) -> None:
    made = opened(hana_api, notes="First.", publish_when_passed=True)

    assert (made["model"], made["number"], made["state"]) == ("harbor/scorer", "1.0.0", "uploading")
    assert (made["notes"], made["publish_when_passed"]) == ("First.", True)
    assert made["files"][1] == {**SPECS[1], "received": 0, "is_complete": False}
    assert (made["checks"], made["version"], made["base"]) == ([], None, None)
    assert made["url"].endswith(f"/desk/uploads/{made['id']}/")


def test_names_what_is_wrong_with_each_file(hana_api, listing) -> None:
    files = [{"path": "evil.pt", "size": 1, "sha256": "0" * 64}, {"path": "x", "size": 0}]
    answer = hana_api.post(OPEN, {"number": "1.0.0", "files": files})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["files.1.size", "files.1.sha256"]

    answer = hana_api.post(OPEN, {"number": "1.0.0", "files": files[:1]})

    (problem,) = answer.json()["errors"]
    assert (answer.status_code, problem["field"]) == (422, "files.0.path")
    assert problem["message"].startswith("evil.pt is a PyTorch checkpoint (a pickle in a zip)")
    assert not Submission.objects.exists()


def test_parts_follow_each_other(hana_api, listing) -> None:
    upload = opened(hana_api)
    half = len(DATA) // 2

    first = put(hana_api, upload, DATA[:half], content_range=f"bytes 0-{half - 1}/{len(DATA)}")
    second = put(
        hana_api, upload, DATA[half:], content_range=f"bytes {half}-{len(DATA) - 1}/{len(DATA)}"
    )

    assert (first.status_code, first["Upload-Offset"]) == (200, str(half))
    assert second.json() == {**SPECS[1], "received": len(DATA), "is_complete": True}


def test_an_interrupted_upload_asks_where_to_go_on(hana_api, listing) -> None:
    upload = opened(hana_api)
    put(hana_api, upload, DATA[: 64 << 10], upload_offset="0")
    url = f"/api/v1/submissions/{upload['id']}/files/model.safetensors"

    head, get = hana_api.head(url), hana_api.get(url)

    assert (head.status_code, head["Upload-Offset"], head.content) == (200, "65536", b"")
    assert get.json()["received"] == 65536


def test_another_offset_is_409_and_names_the_right_one(hana_api, listing) -> None:
    upload = opened(hana_api)
    put(hana_api, upload, DATA[: 64 << 10])

    answer = put(hana_api, upload, DATA[: 64 << 10], upload_offset="0")

    assert (answer.status_code, answer["Upload-Offset"]) == (409, "65536")
    assert answer.json()["code"] == "authoring.wrong_offset"
    assert answer.json()["detail"] == (
        "model.safetensors has 65536 bytes so far; send the part that begins there, not at 0."
    )


@pytest.mark.parametrize(
    ("headers", "data", "status", "code"),
    [
        ({"content_range": "bytes 9-0/10"}, DATA, 422, "request.invalid"),
        ({"content_range": "items 0-9/10"}, DATA, 422, "request.invalid"),
        ({"content_range": f"bytes 0-{len(DATA) - 1}/99"}, DATA, 422, "request.invalid"),
        ({"content_range": f"bytes 0-9/{len(DATA)}"}, DATA, 422, "authoring.bad_part"),
        ({"upload_offset": "-1"}, DATA, 422, "request.invalid"),
        ({}, b"", 422, "authoring.bad_part"),
        ({}, DATA + b"!", 422, "authoring.bad_part"),
        ({}, bytes((16 << 20) + 1), 413, "authoring.part_too_large"),
    ],
)
def test_odd_parts_are_refused(hana_api, listing, headers, data, status, code) -> None:
    upload = opened(hana_api)

    answer = put(hana_api, upload, data, **headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert hana_api.get(f"/api/v1/submissions/{upload['id']}").json()["files"][1]["received"] == 0


def test_bytes_are_not_json(hana_api, listing) -> None:
    upload = opened(hana_api)
    url = f"/api/v1/submissions/{upload['id']}/files/config.json"

    assert hana_api.put(url, {"a": 1}).status_code == 415


def test_a_file_that_was_not_announced_is_404(hana_api, listing) -> None:
    upload = opened(hana_api)

    assert put(hana_api, upload, b"{}", path="labels.json").status_code == 404
    assert put(hana_api, upload, b"{}", path="..%2fconfig.json").status_code == 404


def test_completing_too_early_names_what_is_missing(hana_api, listing) -> None:
    upload = opened(hana_api)

    answer = hana_api.post(f"/api/v1/submissions/{upload['id']}/complete")

    assert (answer.status_code, answer.json()["code"]) == (409, "authoring.files_missing")
    assert "model.safetensors (0 of 262144 bytes)" in answer.json()["detail"]


def test_a_refusal_is_shown_with_its_checks_and_opened_again(hana_api, listing) -> None:
    upload = opened(hana_api)
    put(hana_api, upload, b"{}", path="config.json")
    put(hana_api, upload, DATA)
    url = f"/api/v1/submissions/{upload['id']}"
    queued = hana_api.post(f"{url}/complete")
    submissions.run_checks(upload["id"])

    refused = hana_api.get(url).json()
    assert (queued.status_code, queued.json()["state"]) == (202, "checking")
    assert (refused["state"], refused["checks"][0]["state"]) == ("refused", "failed")
    assert refused["checks"][1]["summary"] == "Skipped: File formats did not pass."
    assert hana_api.post(f"{url}/publish").json()["code"] == "authoring.checks_not_passed"
    assert hana_api.post(f"{url}/check-again").status_code == 202
    submissions.run_checks(upload["id"])
    reopened = hana_api.post(f"{url}/reopen", {"files": SPECS}).json()
    assert (reopened["state"], reopened["files"][1]["is_complete"]) == ("uploading", True)
    assert hana_api.delete(url).status_code == 204
    assert hana_api.get(url).json()["state"] == "abandoned"


def test_abandoning_a_draft_gives_its_number_free(
    hana_api, as_hana, listing, tmp_path, monkeypatch
) -> None:
    def fail(version: object) -> None:
        raise CheckFailed("The same example gave two different answers.")

    monkeypatch.setattr(running, "evaluate", fail)
    draft = checked(as_hana, listing, tiny_tabular(tmp_path / "model"))
    url = f"/api/v1/submissions/{draft.pk}"
    shown = hana_api.get(url).json()
    taken = hana_api.post(OPEN, {"number": "1.0.0", "files": SPECS})

    answer = hana_api.delete(url)

    assert (shown["state"], shown["version"]["number"]) == ("refused", "1.0.0")
    assert shown["checks"][-1]["code"] == "evaluation.refused"
    assert (taken.status_code, taken.json()["code"]) == (409, "authoring.number_taken")
    assert answer.status_code == 204
    assert hana_api.post(OPEN, {"number": "1.0.0", "files": SPECS}).status_code == 201


def test_a_base_is_named_as_calls_name_models(hana_api, listing, elsewhere) -> None:
    published_listing(organization=elsewhere, slug="base")

    made = opened(hana_api, base="elsewhere/base@stable", relation="finetune")

    assert made["base"]["model"] == "elsewhere/base"
    answer = hana_api.post(OPEN, {"number": "2.0.0", "files": SPECS, "base": "elsewhere/none"})
    assert (answer.status_code, answer.json()["code"]) == (404, "catalog.no_such_model")


def test_uploads_are_listed_newest_first(hana_api, listing) -> None:
    opened(hana_api)
    opened(hana_api, number="1.0.1")

    found = hana_api.get(OPEN).json()["results"]

    assert [one["number"] for one in found] == ["1.0.1", "1.0.0"]


@pytest.fixture
def doors(as_hana, listing, tmp_path: Path) -> list[tuple[str, str]]:
    """Every door to an upload of Harbor."""
    found = uploaded(as_hana, listing, tiny_tabular(tmp_path / "model"))
    one = f"/api/v1/submissions/{found.pk}"
    return [
        ("get", OPEN),
        ("post", OPEN),
        ("get", one),
        ("delete", one),
        ("get", f"{one}/files/config.json"),
        ("put", f"{one}/files/config.json"),
        ("post", f"{one}/complete"),
        ("post", f"{one}/reopen"),
        ("post", f"{one}/check-again"),
        ("post", f"{one}/publish"),
    ]


def knock(api: APIClient, method: str, url: str) -> int:
    if method == "put":
        return api.put(url, b"{}", content_type="application/octet-stream").status_code
    body = {"number": "3.0.0", "files": SPECS} if method == "post" else None
    return getattr(api, method)(url, body).status_code


def test_an_outsider_finds_none_of_the_doors(charlie_api, doors) -> None:
    assert {knock(charlie_api, *door) for door in doors} == {404}

    assert Submission.objects.get().state == "uploading"


def test_a_viewer_of_the_author_is_let_in_nowhere(viewer_api, doors) -> None:
    assert {knock(viewer_api, *door) for door in doors} == {403}

    assert Submission.objects.get().state == "uploading"


def test_nobody_comes_in_without_a_key(doors) -> None:
    assert {knock(APIClient(), *door) for door in doors} == {401}


@pytest.fixture
def viewer_api(as_hana) -> APIClient:
    """A key of the author that may not write listings."""
    from accounts.services.api_keys import create_key

    _, token = create_key(by=as_hana, name="reader", scopes=["usage.read"])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
