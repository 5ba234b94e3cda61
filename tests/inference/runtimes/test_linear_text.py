"""The linear classifier of texts."""

import math
from array import array
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from inference.runtimes.base import BadModel, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.linear_text import Block, LinearTextRuntime
from inference.runtimes.linear_text.features import ByteAutomaton, Ngrams
from inference.runtimes.linear_text.model import LinearText
from tests.inference.runtimes.tiny_others import (
    LINEAR_TEXT,
    tiny_linear_text,
    write_config,
    write_json,
)

AUTOMATON: dict[str, Any] = {
    "runtime": "linear-text",
    "task": "language-identification",
    "labels": ["en", "de"],
    "vectorizer": {"kind": "byte-automaton", "states": 2, "outputs": 1, "size": 1},
    "examples": ["äh"],
}


def tiny_automaton(folder: Path, **tensors: torch.Tensor) -> Path:
    """Write a model that counts bytes of 128 and above, each a step toward German."""
    write_config(folder, AUTOMATON)
    moves = torch.zeros(2, 256, dtype=torch.int32)
    moves[:, 128:] = 1
    weights = {
        "weight": torch.tensor([[0.0], [1.0]]),
        "bias": torch.tensor([1.0, 0.0]),
        "automaton.moves": moves.to(torch.uint16),
        "automaton.starts": torch.tensor([0, 0, 1], dtype=torch.int32),
        "automaton.features": torch.tensor([0], dtype=torch.int32),
    }
    save_file({**weights, **tensors}, folder / "model.safetensors")
    return folder


def run(folder: Path, *texts: str, **options: Any) -> RunResult:
    model = LinearText.load(folder, device="cpu")
    (result,) = model.run([RunRequest("1", {"texts": list(texts), **options})])
    assert isinstance(result, RunResult)
    return result


def sigmoid(value: float) -> float:
    return round(1 / (1 + math.exp(-value)), 7)


def words(block: Block, *vocabulary: str) -> Ngrams:
    numbered = {term: place for place, term in enumerate(vocabulary)}
    return Ngrams(block, numbered, [1.0] * len(vocabulary), 10)


def test_ranks_labels_by_score(tmp_path: Path) -> None:
    # "ignore" has both n-gram features at full length: 4 + 1 for an attack, 1 against it.
    (ranked,) = run(tiny_linear_text(tmp_path), "Ignore").output["results"]

    assert [item["label"] for item in ranked] == ["attack", "benign"]
    assert [item["score"] for item in ranked] == pytest.approx([sigmoid(4), sigmoid(-4)], abs=1e-6)


def test_a_text_without_features_is_scored_by_the_bias(tmp_path: Path) -> None:
    (ranked,) = run(tiny_linear_text(tmp_path), "zebra").output["results"]

    assert ranked[0] == {"label": "benign", "score": pytest.approx(sigmoid(1), abs=1e-6)}


def test_returns_as_many_labels_as_asked(tmp_path: Path) -> None:
    output = run(tiny_linear_text(tmp_path), "ignore", "thank", top_k=1).output

    assert [[item["label"] for item in ranked] for ranked in output["results"]] == [
        ["attack"],
        ["benign"],
    ]


def test_counts_characters(tmp_path: Path) -> None:
    assert run(tiny_linear_text(tmp_path), "ignore", "äß").usage == {
        "requests": 1,
        "input_characters": 8,
    }


def test_flags_what_is_probably_not_safe(tmp_path: Path) -> None:
    folder = tiny_linear_text(tmp_path, flag={"safe": "benign", "threshold": 0.8})

    output = run(folder, "ignore", "thank", top_k=1).output

    assert [flag["flagged"] for flag in output["flags"]] == [True, False]
    assert output["flags"][0]["score"] == pytest.approx(sigmoid(4), abs=1e-6)


def test_word_ngrams_are_weighted_and_scaled() -> None:
    ngrams = words(Block("word", 1, 2, sublinear=True, size=3), "one", "two", "one two")

    features = ngrams.features("One two. One two! a")

    assert set(features) == {10, 11, 12}
    assert sum(value**2 for value in features.values()) == pytest.approx(1)
    assert features[10] == pytest.approx(1 / math.sqrt(3))


def test_character_ngrams_stay_inside_words() -> None:
    ngrams = words(Block("char_wb", 2, 3, sublinear=False, size=4), "b ", "b c", " a", "ab ")

    features = ngrams.features("ab  cd")

    assert set(features) == {10, 12, 13}


def test_a_short_word_is_counted_once() -> None:
    ngrams = words(Block("char_wb", 3, 5, sublinear=False, size=1), " a ")

    assert ngrams.features("a") == {10: 1.0}


def test_an_automaton_counts_its_states() -> None:
    moves = array("H", [0] * 512)
    moves[ord("a")] = 1
    automaton = ByteAutomaton(moves, {1: (5, 7)})

    assert automaton.features("banana") == {5: 3.0, 7: 3.0}


def test_an_automaton_identifies_a_language(tmp_path: Path) -> None:
    (ranked,) = run(tiny_automaton(tmp_path), "äö").output["results"]

    # Four bytes of 128 and above make a logit of 4 against the bias of 1.
    assert ranked[0] == {"label": "de", "score": pytest.approx(sigmoid(3), abs=1e-6)}
    assert LinearTextRuntime.signature(tmp_path).task == "language-identification"


def test_the_automaton_counts_as_memory(tmp_path: Path) -> None:
    assert LinearText.load(tiny_automaton(tmp_path), device="cpu").memory_bytes == 1024 + 16


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        (
            {"automaton.moves": torch.full((2, 256), 2, dtype=torch.int32).to(torch.uint16)},
            "states that do not exist",
        ),
        ({"automaton.starts": torch.tensor([0, 1, 0], dtype=torch.int32)}, "must rise from 0"),
        ({"automaton.features": torch.tensor([1], dtype=torch.int32)}, "features that do not"),
    ],
)
def test_refuses_an_automaton_that_leads_astray(
    tmp_path: Path, tensors: dict[str, torch.Tensor], reason: str
) -> None:
    with pytest.raises(BadModel, match=reason):
        LinearText.load(tiny_automaton(tmp_path, **tensors), device="cpu")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"texts": ["fine", ""]}, "texts.1"),
        ({"texts": ["\udfff"]}, "texts.0"),
        ({"texts": ["fine"], "top_k": 3}, "top_k"),
        ({"texts": ["fine"], "top_k": float("nan")}, "top_k"),
        ({"texts": ["fine"], "top_k": "1"}, "top_k"),
    ],
)
def test_names_the_field_that_is_wrong(tmp_path: Path, value: dict[str, Any], field: str) -> None:
    (result,) = LinearText.load(tiny_linear_text(tmp_path), device="cpu").run(
        [RunRequest("1", value)]
    )

    assert isinstance(result, RuntimeRefusal)
    assert result.field == field


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ([["ignore"]], "one list for each block"),
        ([["a", "b", "c", "c"], ["d", "e"]], "hold 4 distinct texts"),
        ([["a", "b", "c"], ["d", "e"]], "hold 4 distinct texts"),
        ([["a", "b", "c", 4], ["d", "e"]], "must be a list of texts"),
    ],
)
def test_refuses_a_vocabulary_that_does_not_fit(
    tmp_path: Path, blocks: list[Any], reason: str
) -> None:
    folder = tiny_linear_text(tmp_path)
    write_json(folder / "vocabulary.json", {"blocks": blocks})

    with pytest.raises(BadModel, match=reason):
        LinearText.load(folder, device="cpu")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"labels": ["a", "a"]}, "labels must be a list without repeats"),
        ({"labels": []}, "labels must be a list of 1 to 10000 texts"),
        ({"task": "poetry"}, "task must be one of"),
        ({"vectorizer": {"kind": "hash"}}, "kind must be one of"),
        ({"flag": {"safe": "none", "threshold": 0.5}}, "safe must be one of"),
        ({"labels": [f"label {place}" for place in range(10_000)]}, "fewer, for so many"),
    ],
)
def test_refuses_absurd_configs(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    blocks = [{**LINEAR_TEXT["vectorizer"]["blocks"][0], "size": 1_000_000}]
    large = {"vectorizer": {"kind": "tfidf", "blocks": blocks}}
    folder = tiny_linear_text(tmp_path, **{**large, **change})

    with pytest.raises(BadModel, match=reason):
        LinearTextRuntime.signature(folder)


def test_weights_beyond_reason_are_refused(tmp_path: Path) -> None:
    folder = tiny_linear_text(tmp_path)
    path = folder / "model.safetensors"
    weights = {name: tensor.clone() for name, tensor in load_file(path).items()}
    weights["bias"][0] = 1e30
    save_file(weights, path)

    with pytest.raises(BadModel, match="not finite or huge"):
        LinearText.load(folder, device="cpu")
