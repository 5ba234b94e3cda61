"""Uploads opened, completed, opened again, abandoned."""

from pathlib import Path

import pytest

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent, Membership, User
from accounts.selectors import caller_for
from accounts.types import Caller
from authoring.errors import FilesMissing, NotInThisState, NumberTaken, QuotaExceeded, UploadClosed
from authoring.models import Submission, SubmissionState, UploadPart
from authoring.services import submissions
from authoring.types import FileSpec
from catalog.models import Listing
from marketplace.core.errors import Conflict, InvalidInput, NotFound
from tests.factories.authoring import (
    all_parts,
    checked,
    make_listing,
    send,
    spec_of,
    specs_of,
    uploaded,
    write_broken,
)
from tests.inference.runtimes.tiny_others import tiny_tabular

SHA = "0" * 64


@pytest.fixture
def listing(as_hana: Caller) -> Listing:
    return make_listing(as_hana)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_tabular(tmp_path / "model")


def opened(by: Caller | None, listing: Listing, files: list[FileSpec], **more) -> Submission:
    values = {"number": "1.0.0", **more}
    return submissions.open_submission(by=by, listing=listing, files=files, **values)


def refusals(by: Caller, listing: Listing, files: list[FileSpec], **more) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        opened(by, listing, files, **more)
    assert not Submission.objects.exists()
    return {problem.field: problem.message for problem in refused.value.problems}


def test_opens_with_the_files_that_were_announced(as_hana, listing, folder) -> None:
    submission = opened(as_hana, listing, specs_of(folder), notes="First.")

    assert submission.state == SubmissionState.UPLOADING
    assert submission.submitted_by == as_hana.user
    assert [(file.path, file.received) for file in submission.files.all()] == [
        ("config.json", 0),
        ("model.safetensors", 0),
    ]
    event = AuditEvent.objects.get(action="submission.open")
    assert event.data == {"number": "1.0.0", "files": 2}


def test_names_each_file_that_is_not_taken(as_hana, listing) -> None:
    found = refusals(
        as_hana,
        listing,
        [
            FileSpec("evil.pt", 10, SHA),
            FileSpec("../config.json", 10, SHA),
            FileSpec("config.json", 10, SHA),
            FileSpec("README.md", 2 << 20, SHA),
            FileSpec("LICENSE", 10, "short"),
        ],
    )

    assert set(found) == {"files.0.path", "files.1.path", "files.3.size", "files.4.sha256"}
    assert "a PyTorch checkpoint" in found["files.0.path"]
    assert found["files.3.size"] == "README.md has 1 to 1,048,576 bytes."


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], "Give 1 to 256 files."),
        (["config.json"], "model.safetensors is missing."),
        (["model.safetensors"], "config.json is missing."),
        (["config.json", "config.json"], "Name each file once."),
    ],
)
def test_wants_a_whole_set_of_files(as_hana, listing, paths, expected) -> None:
    files = [FileSpec(path, 10, SHA) for path in paths]

    assert refusals(as_hana, listing, files) == {"files": expected}


def test_wants_a_plain_number_and_a_base_for_a_relation(as_hana, listing, folder) -> None:
    found = refusals(as_hana, listing, specs_of(folder), number="1/0", relation="finetune")

    assert set(found) == {"number", "relation"}


def test_one_number_has_one_upload_in_progress(as_hana, listing, folder) -> None:
    opened(as_hana, listing, specs_of(folder))

    with pytest.raises(NumberTaken):
        opened(as_hana, listing, specs_of(folder))

    assert Submission.objects.count() == 1


def test_two_authors_do_not_disturb_each_other(as_hana, as_charlie, folder) -> None:
    theirs = make_listing(as_charlie)

    first = opened(as_hana, make_listing(as_hana), specs_of(folder))
    second = opened(as_charlie, theirs, specs_of(folder))

    assert (first.organization, second.organization) == (
        as_hana.organization,
        as_charlie.organization,
    )


def test_an_outsider_finds_no_listing_to_upload_to(as_charlie, listing, folder) -> None:
    with pytest.raises(NotFound):
        opened(as_charlie, listing, specs_of(folder))

    assert not Submission.objects.exists()


def test_a_member_who_only_looks_may_not_upload(harbor, listing, folder) -> None:
    viewer = User.objects.create_user("vera@harbor.example", "correct horse battery")
    member = Membership.objects.create(organization=harbor, user=viewer, role="viewer")

    with pytest.raises(PermissionMissing):
        opened(caller_for(member), listing, specs_of(folder))

    assert not Submission.objects.exists()


def test_uploads_in_progress_share_a_quota(as_hana, listing, settings) -> None:
    settings.STOA_UPLOAD_MAX_BYTES = 1000
    files = [FileSpec("config.json", 100, SHA), FileSpec("model.safetensors", 500, SHA)]
    first = opened(as_hana, listing, files)

    with pytest.raises(QuotaExceeded) as refused:
        opened(as_hana, listing, files, number="1.0.1")

    assert refused.value.data == {"allowed": 1000, "used": 600, "wanted": 600}
    submissions.abandon(by=as_hana, submission=first)
    assert opened(as_hana, listing, files, number="1.0.1").state == "uploading"


def test_completing_names_the_files_that_are_not_whole(as_hana, listing, folder) -> None:
    submission = opened(as_hana, listing, specs_of(folder))

    with pytest.raises(FilesMissing, match=r"config.json \(0 of \d+ bytes\), model.safetensors"):
        submissions.complete(by=as_hana, submission=submission)

    submission.refresh_from_db()
    assert (submission.state, submission.checks.count()) == ("uploading", 0)


def test_completing_queues_seven_checks_once(as_hana, listing, folder) -> None:
    submission = uploaded(as_hana, listing, folder)

    for _ in range(2):
        submissions.complete(by=as_hana, submission=submission)

    submission.refresh_from_db()
    assert submission.state == "checking"
    assert [check.kind for check in submission.checks.all()] == [
        "format",
        "digest",
        "structure",
        "load",
        "probe",
        "signature",
        "evaluation",
    ]
    assert AuditEvent.objects.filter(action="submission.complete").count() == 1


def test_completing_wakes_a_worker_after_the_commit(
    as_hana, listing, folder, django_capture_on_commit_callbacks, monkeypatch
) -> None:
    sent = []
    monkeypatch.setattr("marketplace.core.tasks.send", lambda *a, **k: sent.append((a, k)))
    submission = uploaded(as_hana, listing, folder)

    with django_capture_on_commit_callbacks(execute=True):
        submissions.complete(by=as_hana, submission=submission)
        assert sent == []

    (names, values), *rest = sent
    assert (names[0], values["submission_id"], rest) == (
        "authoring.check_submission",
        str(submission.pk),
        [],
    )


def test_abandoning_removes_every_byte(
    as_hana, listing, folder, tmp_path, django_capture_on_commit_callbacks
) -> None:
    submission = uploaded(as_hana, listing, folder)
    assert len(list(all_parts(tmp_path))) == 2

    with django_capture_on_commit_callbacks(execute=True):
        submissions.abandon(by=as_hana, submission=submission)

    assert list(all_parts(tmp_path)) == []
    assert not UploadPart.objects.exists()
    submission.refresh_from_db()
    assert submission.state == "abandoned"


def test_an_outsider_abandons_nothing(as_hana, as_charlie, listing, folder) -> None:
    submission = uploaded(as_hana, listing, folder)

    with pytest.raises(NotFound):
        submissions.abandon(by=as_charlie, submission=submission)

    submission.refresh_from_db()
    assert submission.state == "uploading"


def test_a_refused_upload_opens_again_and_keeps_what_is_unchanged(
    as_hana, listing, tmp_path, django_capture_on_commit_callbacks
) -> None:
    broken = write_broken(tmp_path / "model", b"not tensors")
    submission = checked(as_hana, listing, broken)
    assert submission.state == "refused"
    good = tiny_tabular(tmp_path / "good")

    with django_capture_on_commit_callbacks(execute=True):
        submissions.reopen(by=as_hana, submission=submission, files=specs_of(good))

    submission.refresh_from_db()
    assert (submission.state, submission.checks.count()) == ("uploading", 0)
    received = {file.path: file.is_complete for file in submission.files.all()}
    assert received == {"config.json": True, "model.safetensors": False}
    assert len(list(all_parts(tmp_path))) == 1


def test_a_second_try_with_sound_files_goes_past_the_first_steps(
    as_hana, listing, tmp_path
) -> None:
    submission = checked(as_hana, listing, write_broken(tmp_path / "model", b"not tensors"))
    good = tiny_tabular(tmp_path / "good", runtime="unheard-of")
    submissions.reopen(by=as_hana, submission=submission, files=specs_of(good))
    for file in submission.files.filter(is_complete=False):
        send(as_hana, file, (good / file.path).read_bytes())

    submissions.complete(by=as_hana, submission=submission)
    submissions.run_checks(str(submission.pk))

    assert submission.checks.get(state="failed").kind == "structure"


def test_a_refusal_gives_its_number_free_and_then_cannot_come_back(
    as_hana, listing, tmp_path
) -> None:
    broken = write_broken(tmp_path / "model", b"not tensors")
    refused = checked(as_hana, listing, broken)
    opened(as_hana, listing, specs_of(broken))

    with pytest.raises(NumberTaken):
        submissions.run_checks_again(by=as_hana, submission=refused)
    with pytest.raises(NumberTaken):
        submissions.reopen(by=as_hana, submission=refused, files=specs_of(broken))

    refused.refresh_from_db()
    assert refused.state == "refused"


def test_checks_run_again_after_a_refusal(as_hana, listing, tmp_path) -> None:
    refused = checked(as_hana, listing, write_broken(tmp_path / "model", b"not tensors"))

    submissions.run_checks_again(by=as_hana, submission=refused)
    submissions.run_checks(str(refused.pk))

    refused.refresh_from_db()
    assert (refused.state, refused.checking_attempt) == ("refused", 1)


def test_an_upload_is_neither_published_nor_checked_again(as_hana, listing, folder) -> None:
    submission = uploaded(as_hana, listing, folder)

    with pytest.raises(Conflict):
        submissions.publish(by=as_hana, submission=submission)
    submissions.complete(by=as_hana, submission=submission)
    with pytest.raises(NotInThisState):
        submissions.run_checks_again(by=as_hana, submission=submission)
    with pytest.raises(UploadClosed):
        send(as_hana, submission.files.get(path="config.json"), b"more")

    assert spec_of(folder / "config.json").size == submission.files.get(path="config.json").received
