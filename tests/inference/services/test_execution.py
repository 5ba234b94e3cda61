"""Runs of the platform itself, and probes in confinement."""

import json

import pytest

from catalog.selectors import version_ref
from inference.models import Prediction
from inference.runtimes.base import RuntimeRefusal
from inference.services.execution import probe_in_bounded_process, run_unmetered
from tests.factories.inference import ATTACK
from tests.inference.runtimes.tiny_models import tiny_causal_lm, tiny_lora
from tests.inference.runtimes.tiny_others import tiny_linear_text


@pytest.mark.django_db
def test_runs_inputs_without_a_bill(shield):
    refused = {"texts": []}

    results = run_unmetered(version_ref(shield.versions.get()), [ATTACK, refused, ATTACK])

    assert results[0].output["results"][0][0]["label"] == "attack"
    assert isinstance(results[1], RuntimeRefusal)
    assert results[2].output == results[0].output
    assert Prediction.objects.count() == 0


@pytest.mark.django_db
def test_runs_more_inputs_than_are_in_flight_at_once(shield):
    results = run_unmetered(version_ref(shield.versions.get()), [ATTACK] * 130)

    assert len(results) == 130


def test_probes_a_good_version(tmp_path):
    report = probe_in_bounded_process(tiny_linear_text(tmp_path))

    assert (report.passed, report.stage, report.reason) == (True, "done", "")
    assert report.signature["task"] == "text-classification"
    assert report.usage["requests"] == 1
    assert report.memory_bytes > 0


def test_probes_an_adapter_on_its_base(tmp_path):
    base, adapter = tiny_causal_lm(tmp_path / "base"), tiny_lora(tmp_path / "adapter")

    report = probe_in_bounded_process(adapter, base=base)

    assert (report.passed, report.reason) == (True, "")


def test_says_where_and_why_a_probe_stopped(tmp_path):
    folder = tiny_linear_text(tmp_path)
    (folder / "model.safetensors").write_bytes(b"not weights")

    report = probe_in_bounded_process(folder)

    assert (report.passed, report.stage) == (False, "load")
    assert "model.safetensors" in report.reason


def test_says_when_a_folder_names_no_runtime(tmp_path):
    report = probe_in_bounded_process(tmp_path)

    assert (report.passed, report.stage) == (False, "signature")
    assert report.reason == "config.json is missing or names no runtime."


def test_a_probe_ends_when_its_time_is_over(tmp_path, monkeypatch):
    monkeypatch.setattr("inference.services.execution.GRACE_SECONDS", 0)

    report = probe_in_bounded_process(tiny_linear_text(tmp_path), timeout_s=0.2)

    assert report.passed is False
    assert report.reason == "It did not finish within 0.2 s."


def test_a_probe_sees_no_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "the operator's")
    seen = []
    monkeypatch.setattr(
        "inference.services.execution.subprocess.run",
        lambda command, **given: seen.append(given["env"]) or Done(),
    )

    probe_in_bounded_process(tmp_path)

    assert "SECRET_KEY" not in seen[0]


class Done:
    """What a probe that ended says."""

    returncode = 0
    stdout = json.dumps({"passed": True, "stage": "done"}).encode()
