"""What the clock follows up on."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from accounts.models import AuditEvent
from authoring.models import Submission, SubmissionState, UploadPart
from authoring.services import examination, submissions, sweeping
from marketplace.core.clock import now
from tests.factories.authoring import all_parts, make_listing, uploaded, write_broken
from tests.inference.runtimes.tiny_others import tiny_tabular


@pytest.fixture
def submission(as_hana, tmp_path: Path) -> Submission:
    return uploaded(as_hana, make_listing(as_hana), tiny_tabular(tmp_path / "model"))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The submissions for which workers were woken."""
    found: list[str] = []
    monkeypatch.setattr(sweeping.dispatch, "check_submission", found.append)
    return found


def later(**delta: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**delta), tick=False)


def test_wakes_a_worker_again_when_its_message_was_lost(as_hana, submission, sent) -> None:
    submissions.complete(by=as_hana, submission=submission)
    sent.clear()

    assert sweeping.send_again() == 0
    with later(seconds=16):
        assert sweeping.send_again() == 1

    assert sent == [str(submission.pk)]


def test_wakes_a_worker_again_when_the_first_died(as_hana, submission, sent) -> None:
    submissions.complete(by=as_hana, submission=submission)
    examination.claim(str(submission.pk))
    sent.clear()

    with later(seconds=60):
        assert sweeping.send_again() == 0
    with later(seconds=121):
        assert sweeping.send_again() == 1


def test_gives_up_uploads_that_nobody_continues(
    submission, tmp_path, django_capture_on_commit_callbacks
) -> None:
    with later(days=6):
        assert sweeping.abandon_stale() == 0
    with later(days=8), django_capture_on_commit_callbacks(execute=True):
        assert sweeping.abandon_stale() == 1

    submission.refresh_from_db()
    assert submission.state == SubmissionState.ABANDONED
    assert submission.state_reason == "Nobody continued it for too long."
    assert AuditEvent.objects.get(action="submission.expire").target_id == str(submission.pk)
    assert list(all_parts(tmp_path)) == []


def test_keeps_what_was_refused_for_a_month(as_hana, tmp_path) -> None:
    broken = write_broken(tmp_path / "model", b"not tensors")
    submission = uploaded(as_hana, make_listing(as_hana), broken)
    submissions.complete(by=as_hana, submission=submission)
    submissions.run_checks(str(submission.pk))

    with later(days=29):
        assert sweeping.abandon_stale() == 0
    with later(days=31):
        assert sweeping.abandon_stale() == 1


def test_removes_parts_that_a_crash_left_of_a_finished_upload(submission, tmp_path) -> None:
    Submission.objects.update(state=SubmissionState.ABANDONED)
    orphan = next(all_parts(tmp_path)).parent / "00000000000000000000-orphan"
    orphan.write_bytes(b"a part without a row")

    sweeping.sweep()

    assert list(all_parts(tmp_path)) == []
    assert not UploadPart.objects.exists()


def test_removes_folders_of_examinations_that_are_over(as_hana, submission, tmp_path) -> None:
    submissions.complete(by=as_hana, submission=submission)
    running = examination.claim(str(submission.pk)).folder
    left = tmp_path / "checks" / "01a20f19-0000-7000-8000-000000000000" / "1"
    left.mkdir(parents=True)

    sweeping.sweep()

    assert running.is_dir()
    assert not left.parent.exists()
