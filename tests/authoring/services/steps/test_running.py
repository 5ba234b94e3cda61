"""Loading, running, signing, evaluating: what each step refuses, and with which words."""

from typing import Any

import pytest

from authoring.models import Submission
from authoring.services import evaluating, submissions
from authoring.services.steps import running
from catalog.models import Version
from governance.errors import EvaluationFailed
from inference.runtimes.base import RunResult
from inference.types import ProbeReport
from tests.factories.authoring import checked, failed_check, make_listing, states_of
from tests.inference.runtimes.tiny_others import tiny_tabular

SOUND = ProbeReport(
    passed=True, stage="done", usage={"requests": 1}, load_ms=12.0, run_ms=3.0, memory_bytes=2048
)


def probe_says(monkeypatch: pytest.MonkeyPatch, report: ProbeReport) -> list[dict[str, Any]]:
    """Let the confined process report this; return what it is asked."""
    asked: list[dict[str, Any]] = []

    def probe(folder, **options: Any) -> ProbeReport:
        asked.append(options)
        return report

    monkeypatch.setattr(running, "probe_in_bounded_process", probe)
    return asked


def answers(monkeypatch: pytest.MonkeyPatch, *outputs: Any) -> None:
    """Let the example be answered with these, one after another; exceptions are failures."""
    left = list(outputs)

    def run(ref, inputs):
        one = left.pop(0)
        return [one if isinstance(one, Exception) else RunResult(one, {"requests": 1})]

    monkeypatch.setattr(evaluating, "run_unmetered", run)


@pytest.fixture
def examine(as_hana, tmp_path):
    """Examine a sound tabular model."""
    folder = tiny_tabular(tmp_path / "model")
    return lambda: checked(as_hana, make_listing(as_hana), folder)


def assert_refused(submission: Submission, kind: str, words: str) -> None:
    check = failed_check(submission)
    assert (submission.state, check.kind) == ("refused", kind)
    assert check.summary == words


def test_weights_that_do_not_fit_their_config_do_not_load(as_hana, tmp_path) -> None:
    folder = tiny_tabular(tmp_path / "model", hidden=[5])

    submission = checked(as_hana, make_listing(as_hana), folder)

    assert failed_check(submission).kind == "load"
    assert "has shape [4, 3], not [5, 3]" in failed_check(submission).summary
    assert not Version.objects.exists()


@pytest.mark.parametrize("stage", ["start", "signature", "load"])
def test_what_does_not_load_is_refused_there(examine, monkeypatch, stage) -> None:
    probe_says(monkeypatch, ProbeReport(False, stage, "It needs more memory than it may use."))

    submission = examine()

    words = "It does not load: It needs more memory than it may use."
    assert_refused(submission, "load", words)
    assert states_of(submission) == ["passed"] * 3 + ["failed"] + ["skipped"] * 3
    assert not Version.objects.exists()


@pytest.mark.parametrize("stage", ["run", "output"])
def test_what_does_not_run_is_refused_one_step_later(examine, monkeypatch, stage) -> None:
    probe_says(monkeypatch, ProbeReport(False, stage, "The output is not JSON", load_ms=5.0))

    submission = examine()

    assert_refused(submission, "probe", "Its example does not run: The output is not JSON.")
    assert submission.checks.get(kind="load").state == "passed"
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("is_cut", "words"), [(True, "without network"), (False, "with bounded means")]
)
def test_says_only_what_was_cut_off(examine, monkeypatch, is_cut, words) -> None:
    report = ProbeReport(False, "run", "No", load_ms=12.0, memory_bytes=2048, is_network_cut=is_cut)
    probe_says(monkeypatch, report)

    check = examine().checks.get(kind="load")

    assert check.summary == f"Loaded in 12 ms {words}; 2.05 kB of weights."


def test_the_confined_process_gets_bounds(examine, monkeypatch) -> None:
    asked = probe_says(monkeypatch, ProbeReport(False, "load", "No"))

    examine()

    assert asked == [{"timeout_s": 90, "memory_mb": 2048, "base": None}]


def test_two_answers_to_one_example_are_refused(examine, monkeypatch) -> None:
    probe_says(monkeypatch, SOUND)
    answers(monkeypatch, {"rows": [1]}, {"rows": [2]})

    submission = examine()

    words = "The same example gave two different answers. Set a seed, or a temperature of 0."
    assert_refused(submission, "evaluation", words)
    assert submission.version.state == "ready"


def test_an_example_that_fails_where_it_would_be_served_is_refused(examine, monkeypatch) -> None:
    probe_says(monkeypatch, SOUND)
    answers(monkeypatch, RuntimeError("out of memory"))

    words = "Its example does not run where it would be served: out of memory"
    assert_refused(examine(), "evaluation", words)


def test_a_suite_that_cannot_finish_is_named(examine, monkeypatch) -> None:
    probe_says(monkeypatch, SOUND)
    answers(monkeypatch, {"rows": []}, {"rows": []})

    def fail(version_id: str) -> None:
        raise EvaluationFailed(suite="fairness", row=3, reason="no answer")

    monkeypatch.setattr(evaluating, "evaluate_version", fail)

    submission = examine()

    assert failed_check(submission).kind == "evaluation"
    assert "fairness" in failed_check(submission).summary


def test_what_was_signed_is_not_signed_twice_and_not_changed(examine, as_hana, monkeypatch) -> None:
    probe_says(monkeypatch, SOUND)
    answers(monkeypatch, {"rows": [1]}, {"rows": [2]}, {"rows": [1]}, {"rows": [1]})
    monkeypatch.setattr(evaluating, "evaluate_version", lambda version_id: [])
    submission = examine()
    signed = submission.version

    submissions.run_checks_again(by=as_hana, submission=submission)
    submissions.run_checks(str(submission.pk))

    submission.refresh_from_db()
    assert (submission.state, submission.version) == ("passed", signed)
    assert Version.objects.count() == 1


def test_the_draft_of_a_failed_evaluation_is_discarded_and_its_number_used_again(
    examine, as_hana, tmp_path, monkeypatch
) -> None:
    probe_says(monkeypatch, SOUND)
    answers(monkeypatch, {"rows": [1]}, {"rows": [2]}, {"rows": [1]}, {"rows": [1]})
    monkeypatch.setattr(evaluating, "evaluate_version", lambda version_id: [])
    submission = examine()

    submissions.abandon(by=as_hana, submission=submission)
    again = checked(as_hana, submission.listing, tmp_path / "model")

    submission.refresh_from_db()
    assert (submission.state, submission.version.state) == ("abandoned", "discarded")
    assert (again.state, again.number, again.version.state) == ("passed", "1.0.0", "ready")
    assert again.version.digest == submission.version.digest
