"""Chat templates that hang, eat memory or reach out: ended by the confined process."""

import json
import time
from pathlib import Path

import pytest

from authoring.services.steps import running
from catalog.models import Version
from tests.factories.authoring import checked, failed_check, make_listing, states_of
from tests.inference.runtimes.tiny_models import tiny_causal_lm

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECONDS = 4
REFUSES = "tokenizer_config.json: The chat template refuses these messages: "
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}x"
HOSTILE = {
    "loops": (LOOP, "It does not load: The probe ended early: it used up its processor time."),
    "loops while it is compiled": (
        "{{ 9 ** (9 ** 9) }}",
        "It does not load: The probe ended early: it used up its processor time.",
    ),
    "eats memory": (
        "{{ ('a' * (2000000000 * (messages | length))) | length }}",
        "It does not load: tokenizer_config.json: The chat template needs more memory than it "
        "may use.",
    ),
    "reaches a class": (
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        f"It does not load: {REFUSES}access to attribute '__class__' of 'str' object is unsafe.",
    ),
    "runs a command": (
        "{{ cycler.__init__.__globals__.os.system('touch MARKER') }}",
        f"It does not load: {REFUSES}access to attribute '__init__' of 'type' object is unsafe.",
    ),
    "reads a file": (
        "{% include '/etc/passwd' %}",
        f"It does not load: {REFUSES}no loader for this environment specified.",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_is_ended_and_says_why(as_hana, tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.setattr(running, "SHORTEST_SECONDS", SECONDS)
    monkeypatch.setattr(running, "SMALLEST_MEMORY_MB", 256)
    template, reason = HOSTILE[name]
    marker = tmp_path / "marker"
    folder = with_template(tmp_path / "model", template.replace("MARKER", str(marker)))
    listing, begun = make_listing(as_hana, task="text-generation"), time.monotonic()

    submission = checked(as_hana, listing, folder)

    check = failed_check(submission)
    assert (check.summary, check.detail["code"]) == (reason, "load.refused")
    assert states_of(submission) == ["passed"] * 3 + ["failed"] + ["skipped"] * 3
    assert submission.state_reason == f"Load in a bounded process: {reason}"
    assert time.monotonic() - begun < 60
    assert not marker.exists()
    assert not Version.objects.exists()


def with_template(folder: Path, template: str) -> Path:
    """Write a sound language model with another chat template."""
    tiny_causal_lm(folder)
    path = folder / "tokenizer_config.json"
    config = {**json.loads(path.read_text()), "chat_template": template}
    path.write_text(json.dumps(config))
    return folder
