"""An adapter learns its corpus, the same one every time, and says how it came to be."""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from authoring.trainers.lora import (
    CorpusTooShort,
    LoraRecipe,
    TrainingRecord,
    TrainingStep,
    train_lora,
)
from inference.runtimes.base import BadModel, RunRequest, RunResult
from inference.runtimes.causal_lm.config import read_lora_config
from inference.runtimes.causal_lm.loaded import CausalLm, LoraCausalLm
from inference.runtimes.causal_lm.perplexity import perplexity
from tests.inference.runtimes.tiny_models import tiny_causal_lm

CORPUS = "the whale and the sea and the ship in the sea. " * 40
HELD_OUT = "the ship and the whale in the sea. " * 4
RECIPE = LoraRecipe(rank=4, steps=12, rows=2, length=24, learning_rate=2e-2, seed=7)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_causal_lm(tmp_path_factory.mktemp("base") / "model")


def train(base: Path, target: Path, **changes: Any) -> TrainingRecord:
    arguments: dict[str, Any] = {
        "base_folder": base,
        "corpus": "A few words of the sea",
        "corpus_text": CORPUS,
        "held_out_text": HELD_OUT,
        "target": target,
        "recipe": RECIPE,
    }
    return train_lora(**{**arguments, **changes})


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_learns_its_corpus(base: Path, tmp_path: Path) -> None:
    record = train(base, tmp_path)

    assert record.perplexity_after < record.perplexity_before / 2


def test_measures_what_anyone_can_measure_again(base: Path, tmp_path: Path) -> None:
    record = train(base, tmp_path)

    resident = CausalLm.load(base, device="cpu")
    adapted = LoraCausalLm.load(tmp_path, device="cpu", base=resident)

    assert perplexity(resident, HELD_OUT) == pytest.approx(record.perplexity_before, rel=1e-4)
    assert perplexity(adapted, HELD_OUT) == pytest.approx(record.perplexity_after, rel=1e-4)


def test_writes_a_version_that_serves(base: Path, tmp_path: Path) -> None:
    train(base, tmp_path)
    adapted = LoraCausalLm.load(tmp_path, device="cpu", base=CausalLm.load(base, device="cpu"))
    chat = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}

    (result,) = adapted.run([RunRequest("1", chat)])

    assert isinstance(result, RunResult)
    assert result.usage["output_tokens"] > 0
    config = read_lora_config(tmp_path)
    assert (config.rank, config.alpha, config.targets) == (4, 16.0, ("q_proj", "v_proj"))


def test_gives_the_same_bytes_again(base: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        train(base, tmp_path / name)
    train(base, tmp_path / "other", recipe=replace(RECIPE, seed=8))

    first, second, other = (
        digest(tmp_path / name / "model.safetensors") for name in ("first", "second", "other")
    )
    assert first == second
    assert other != first


def test_records_how_it_came_to_be(base: Path, tmp_path: Path) -> None:
    record = train(base, tmp_path)

    assert record.base_digest == digest(base / "model.safetensors")
    assert record.corpus == "A few words of the sea"
    assert record.corpus_sha256 == hashlib.sha256(CORPUS.encode()).hexdigest()
    assert record.held_out_sha256 == hashlib.sha256(HELD_OUT.encode()).hexdigest()
    assert (record.recipe, record.tokens_seen) == (RECIPE, 12 * 2 * 24)
    assert (record.optimizer, record.schedule) == ("AdamW", "linear decay to zero")
    written = json.loads((tmp_path / "training_record.json").read_text())
    assert written == json.loads(json.dumps(asdict(record)))


def test_names_the_base_version_it_was_told(base: Path, tmp_path: Path) -> None:
    record = train(base, tmp_path, base_digest="ab12", recipe=replace(RECIPE, steps=1))

    assert record.base_digest == "ab12"
    assert read_lora_config(tmp_path).base_digest == "ab12"


def test_reports_every_step(base: Path, tmp_path: Path) -> None:
    steps: list[TrainingStep] = []

    train(base, tmp_path, on_step=steps.append)

    assert [step.step for step in steps] == list(range(1, 13))
    assert [step.tokens_seen for step in steps[:2]] == [48, 96]
    assert steps[-1].loss < steps[0].loss


def test_leaves_the_base_as_it_was(base: Path, tmp_path: Path) -> None:
    before = digest(base / "model.safetensors")

    train(base, tmp_path, recipe=replace(RECIPE, steps=1))

    assert digest(base / "model.safetensors") == before


def test_refuses_a_corpus_shorter_than_a_window(base: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusTooShort, match="3 tokens; training needs more than 24"):
        train(base, tmp_path / "adapter", corpus_text="abc")

    assert not (tmp_path / "adapter").exists()


def test_refuses_a_base_that_cannot_be_served(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"config\.json is missing"):
        train(tmp_path, tmp_path / "adapter")

    assert not (tmp_path / "adapter").exists()
