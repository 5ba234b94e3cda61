"""What a run came to, and whose move it is."""

import math

import pytest

from inference.artifacts import MissingArtifact, TamperedArtifact
from inference.engine import EngineFull, LoadFailed, ModelTooLarge, TimedOut
from inference.runtimes.base import BadModel, RunResult, RuntimeRefusal
from inference.services.outcomes import failure_of, outcome_of


@pytest.mark.parametrize(
    ("error", "code", "fault"),
    [
        (RuntimeRefusal("texts.0", "Too long."), "inference.input_refused", "caller"),
        (LoadFailed("d", BadModel("no weights")), "inference.model_unusable", "author"),
        (LoadFailed("d", TamperedArtifact("x")), "inference.artifact_tampered", "platform"),
        (LoadFailed("d", MissingArtifact("x")), "inference.artifact_missing", "platform"),
        (LoadFailed("d", ModelTooLarge("x")), "inference.model_too_large", "platform"),
        (LoadFailed("d", EngineFull("x")), "inference.out_of_capacity", "platform"),
        (TimedOut("x"), "inference.timed_out", "platform"),
        (ZeroDivisionError("x"), "inference.crashed", "platform"),
    ],
)
def test_says_who_has_to_act(error, code, fault):
    failure = failure_of(error)

    assert (failure.code, failure.fault) == (code, fault)


def test_names_the_field_that_a_runtime_refused():
    assert failure_of(RuntimeRefusal("texts.0", "Too long.")).field == "input.texts.0"


def test_the_log_of_a_crash_has_its_place_but_not_the_callers_words(caplog):
    def crash(word):
        raise ValueError(word)

    try:
        crash("".join(("my", " ", "secret")))
    except ValueError as error:
        failure_of(error)

    assert "ValueError" in caplog.text
    assert "in crash" in caplog.text
    assert "my secret" not in caplog.text


def test_keeps_output_usage_and_times():
    result = RunResult({"a": 1}, {"rows": 2}, "stop", {"run": 3.00049, "share": 1.6})

    outcome = outcome_of(result, device="cpu")

    assert (outcome.status, outcome.output) == ("succeeded", {"a": 1})
    assert outcome.usage == {"requests": 1, "rows": 2, "compute_ms": 2}
    assert outcome.timings_ms == {"run": 3.0, "share": 1.6}


def test_a_run_that_measured_nothing_used_nothing():
    outcome = outcome_of(RunResult(None, {}, "canceled", {"run": 9.0}), device="cpu")

    assert (outcome.status, outcome.usage) == ("canceled", {})


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**60, "\ud800", {1: object()}])
def test_refuses_output_that_json_cannot_hold(value):
    outcome = outcome_of(RunResult({"a": value}, {"rows": 1}), device="cpu")

    assert (outcome.status, outcome.usage) == ("failed", {})
    assert outcome.failure.code == "inference.unusable_output"


def test_replaces_nul_which_databases_cannot_hold():
    outcome = outcome_of(RunResult({"a": ["x\0y", "\\u0000"]}, {"rows": 1}), device="cpu")

    assert outcome.output == {"a": ["x\ufffdy", "\\u0000"]}
