"""Examinations: refused with a reason, nothing run, nothing served."""

import hashlib
import time
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import AuditEvent
from accounts.types import Caller
from authoring.models import Submission
from authoring.services import examination, spool, submissions
from authoring.types import FileSpec
from catalog.models import Artifact, Listing, Version
from inference.models import Deployment
from marketplace.core.clock import now
from marketplace.core.errors import InvalidInput
from tests.factories import malware
from tests.factories.authoring import (
    all_parts,
    checked,
    failed_check,
    make_listing,
    send,
    specs_of,
    states_of,
    uploaded,
    write_broken,
)
from tests.inference.runtimes.tiny_others import tiny_tabular

SKIPPED = ["skipped"] * 6
BROKEN = {name: case for name, case in malware.BROKEN_TENSORS.items() if case[0]}


@pytest.fixture
def listing(as_hana: Caller) -> Listing:
    return make_listing(as_hana)


def assert_nothing_came_of(submission: Submission, tmp_path: Path) -> None:
    submission.refresh_from_db()
    assert (submission.state, submission.version) == ("refused", None)
    assert not (tmp_path / "marker").exists()
    assert not Version.objects.exists()
    assert not Artifact.objects.exists()
    assert not Deployment.objects.exists()
    assert not (tmp_path / "artifacts").exists()
    assert not (tmp_path / "checks" / str(submission.pk) / "1").exists()


@pytest.mark.parametrize("name", [*malware.PICKLES, "zip bomb"])
@pytest.mark.parametrize("path", ["model.safetensors", "config.json"])
def test_a_renamed_pickle_is_refused_and_never_opened(
    as_hana, listing, tmp_path, name, path
) -> None:
    build = malware.PICKLES.get(name, malware.zip_bomb)
    folder = write_broken(tmp_path / "model", build(tmp_path / "marker"), path)

    submission = checked(as_hana, listing, folder)

    check = failed_check(submission)
    assert (check.kind, states_of(submission)) == ("format", ["failed", *SKIPPED])
    assert check.summary.startswith(f"{path} is ")
    assert submission.state_reason == f"File formats: {check.summary}"
    found = {one["path"]: one for one in check.detail["files"]}
    would_have_run = found[path]["would_have_run"]
    assert any(call.endswith(".open") for call in would_have_run) == (name != "zip bomb")
    assert_nothing_came_of(submission, tmp_path)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_tensors_are_refused_with_what_is_wrong(as_hana, listing, tmp_path, name) -> None:
    data, expected = BROKEN[name]

    submission = checked(as_hana, listing, write_broken(tmp_path / "model", data))

    assert expected in failed_check(submission).summary
    assert_nothing_came_of(submission, tmp_path)


def test_a_config_nested_a_hundred_thousand_deep_is_refused(as_hana, listing, tmp_path) -> None:
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    submission = checked(as_hana, listing, write_broken(tmp_path / "model", deep, "config.json"))

    assert failed_check(submission).summary == ("config.json: it is nested deeper than 64 levels.")
    assert_nothing_came_of(submission, tmp_path)


@pytest.mark.parametrize(
    "path", ["weights.pt", "pytorch_model.bin", "model.pt2", "../config.json", "a/b.json", "x.npy"]
)
def test_names_beyond_the_known_ones_do_not_even_arrive(as_hana, listing, path) -> None:
    files = [FileSpec(path, 10, "0" * 64), FileSpec("config.json", 10, "0" * 64)]

    with pytest.raises(InvalidInput) as refused:
        submissions.open_submission(by=as_hana, listing=listing, number="1.0.0", files=files)

    assert refused.value.problems[0].field == "files.0.path"
    assert not Submission.objects.exists()


def test_a_bit_that_flipped_on_the_way_is_noticed(as_hana, listing, tmp_path) -> None:
    folder = tiny_tabular(tmp_path / "model")
    submission = submissions.open_submission(
        by=as_hana, listing=listing, number="1.0.0", files=specs_of(folder)
    )
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    send(as_hana, submission.files.get(path="model.safetensors"), bytes(weights))
    send(as_hana, submission.files.get(path="config.json"), (folder / "config.json").read_bytes())

    submissions.complete(by=as_hana, submission=submission)
    submissions.run_checks(str(submission.pk))

    check = failed_check(submission)
    received = hashlib.sha256(weights).hexdigest()
    assert (check.kind, check.detail["received"]) == ("digest", received)
    assert f"the SHA-256 {received[:16]}…, declared was" in check.summary
    assert_nothing_came_of(submission, tmp_path)


def test_a_header_damaged_on_the_way_is_said_to_be(as_hana, listing, tmp_path) -> None:
    folder = tiny_tabular(tmp_path / "model")
    declared = specs_of(folder)
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:8] + b"?" + data[9:])
    submission = submissions.open_submission(
        by=as_hana, listing=listing, number="1.0.0", files=declared
    )
    for file in submission.files.all():
        send(as_hana, file, (folder / file.path).read_bytes())

    submissions.complete(by=as_hana, submission=submission)
    submissions.run_checks(str(submission.pk))

    assert "does not begin with '{'" in failed_check(submission).summary
    assert "it changed on the way" in failed_check(submission).summary


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"runtime": "unheard-of"}, "names the runtime 'unheard-of'; this platform has"),
        ({"runtime": None}, "config.json names no runtime."),
        ({"hidden": ["x"]}, "hidden must be"),
        ({"runtime": "linear-text"}, "labels must be"),
    ],
)
def test_structure_names_what_a_config_lacks(as_hana, listing, tmp_path, changes, expected) -> None:
    submission = checked(as_hana, listing, tiny_tabular(tmp_path / "model", **changes))

    assert failed_check(submission).kind == "structure"
    assert expected in failed_check(submission).summary
    assert_nothing_came_of(submission, tmp_path)


def test_structure_wants_the_task_of_the_listing(as_hana, tmp_path) -> None:
    listing = make_listing(as_hana, task="forecasting")

    submission = checked(as_hana, listing, tiny_tabular(tmp_path / "model"))

    assert failed_check(submission).summary == (
        "The listing is for Forecasting; these files are for Tabular scoring. "
        "Upload to a listing of that task."
    )


def test_one_worker_at_a_time_examines(as_hana, listing, tmp_path) -> None:
    submission = uploaded(as_hana, listing, tiny_tabular(tmp_path / "model"))
    submissions.complete(by=as_hana, submission=submission)
    taken = examination.claim(str(submission.pk))

    assert taken is not None
    assert submissions.run_checks(str(submission.pk)) is None
    assert states_of(submission) == ["queued"] * 7


def test_a_dead_workers_submission_is_examined_from_the_start(as_hana, listing, tmp_path) -> None:
    submission = uploaded(as_hana, listing, write_broken(tmp_path / "model", b"not tensors"))
    submissions.complete(by=as_hana, submission=submission)
    dead = examination.claim(str(submission.pk))
    dead.start(submission.checks.get(kind="format"))
    Submission.objects.update(checking_lease_until=now() - timedelta(seconds=1))

    done = submissions.run_checks(str(submission.pk))

    assert (done.state, done.checking_attempt) == ("refused", 2)
    assert states_of(submission) == ["failed", *SKIPPED]


def test_a_worker_that_lost_its_lease_changes_nothing(as_hana, listing, tmp_path) -> None:
    submission = uploaded(as_hana, listing, write_broken(tmp_path / "model", b"not tensors"))
    submissions.complete(by=as_hana, submission=submission)
    slow = examination.claim(str(submission.pk))
    Submission.objects.update(checking_lease_until=now() - timedelta(seconds=1))
    submissions.run_checks(str(submission.pk))

    with pytest.raises(examination.LostLease):
        slow.start(submission.checks.get(kind="format"))

    assert states_of(submission) == ["failed", *SKIPPED]


def test_files_that_kill_three_workers_are_given_up(as_hana, listing, tmp_path) -> None:
    submission = uploaded(as_hana, listing, tiny_tabular(tmp_path / "model"))
    submissions.complete(by=as_hana, submission=submission)
    for _ in range(3):
        dead = examination.claim(str(submission.pk))
        dead.start(submission.checks.get(kind="format"))
        Submission.objects.update(checking_lease_until=now() - timedelta(seconds=1))

    done = submissions.run_checks(str(submission.pk))

    assert done.state == "refused"
    assert failed_check(submission).summary.startswith("This step stopped several times")
    assert states_of(submission) == ["failed", *SKIPPED]


def test_a_defect_of_the_platform_is_raised_and_the_lease_is_left(
    as_hana, listing, tmp_path, monkeypatch
) -> None:
    submission = uploaded(as_hana, listing, tiny_tabular(tmp_path / "model"))
    submissions.complete(by=as_hana, submission=submission)
    monkeypatch.setattr(spool, "assemble", lambda *given: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        submissions.run_checks(str(submission.pk))

    submission.refresh_from_db()
    assert submission.state == "checking"
    assert submission.checking_lease_until > now()


def test_bytes_lost_from_the_spool_are_asked_for_again(as_hana, listing, tmp_path) -> None:
    submission = uploaded(as_hana, listing, tiny_tabular(tmp_path / "model"))
    for part in all_parts(tmp_path):
        part.unlink()

    submissions.complete(by=as_hana, submission=submission)
    submissions.run_checks(str(submission.pk))

    summary = failed_check(submission).summary
    assert summary.startswith("config.json: the part at 0 is gone. Upload this file again.")


def test_progress_is_written_while_a_large_file_is_read(as_hana, listing, tmp_path) -> None:
    submission = uploaded(as_hana, listing, tiny_tabular(tmp_path / "model"))
    submissions.complete(by=as_hana, submission=submission)
    taken = examination.claim(str(submission.pk))
    check = submission.checks.get(kind="format")
    taken.start(check)
    taken.beaten_at = now() - timedelta(seconds=2)

    taken.progress("Reading model.safetensors", 30, 120)

    check.refresh_from_db()
    assert check.summary == "Reading model.safetensors: 25 %"
    assert check.detail == {"done": 30, "total": 120}


def test_a_refusal_is_one_audit_event_and_keeps_the_bytes(as_hana, listing, tmp_path) -> None:
    checked(as_hana, listing, write_broken(tmp_path / "model", b"not tensors"))

    event = AuditEvent.objects.get(action="submission.refuse")
    assert (event.actor_kind, event.data) == ("platform", {"step": "format"})
    assert event.organization == listing.organization
    assert len(list(all_parts(tmp_path))) == 2


def test_an_empty_safetensors_cannot_be_announced(as_hana, listing, tmp_path) -> None:
    folder = write_broken(tmp_path / "model", b"")

    with pytest.raises(InvalidInput, match=r"model\.safetensors has 1 to"):
        uploaded(as_hana, listing, folder)

    assert not Submission.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_a_step_waits(
    many_threads, as_hana, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(examination, "TICK_SECONDS", 0.01)
    broken = write_broken(tmp_path / "model", b"not tensors")
    submission = uploaded(as_hana, make_listing(as_hana), broken)
    submissions.complete(by=as_hana, submission=submission)
    taken = examination.claim(str(submission.pk))
    nearly_over = now() + timedelta(seconds=1)
    Submission.objects.update(checking_lease_until=nearly_over)

    with taken.kept_alive():
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            submission.refresh_from_db()
            if submission.checking_lease_until > nearly_over:
                break

    assert submission.checking_lease_until > now() + timedelta(seconds=90)
