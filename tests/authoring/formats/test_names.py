"""Which names, alone and together, make a version."""

import pytest

from authoring.formats.names import FileKind, kind_of, largest, refusal_of_name, refusal_of_set

SHARDS = [f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3)]
INDEX = "model.safetensors.index.json"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("model.safetensors", FileKind.WEIGHTS),
        ("model-00001-of-00002.safetensors", FileKind.WEIGHTS),
        ("config.json", FileKind.JSON),
        ("vocabulary.json", FileKind.JSON),
        ("LICENSE", FileKind.TEXT),
        ("adapter.safetensors", None),
        ("license", None),
        ("model.safetensors ", None),
        ("model.safetensors\n", None),
        ("model-٠٠٠٠١-of-٠٠٠٠١.safetensors", None),
    ],
)
def test_knows_how_a_name_is_examined(path: str, kind: FileKind | None) -> None:
    assert kind_of(path, extra=("vocabulary.json",)) is kind


def test_a_refusal_lists_the_names_that_are_known() -> None:
    refusal = refusal_of_name("notes.md", extra=("vocabulary.json",))

    assert refusal.startswith("'notes.md' is not a file of a version.")
    assert "model.safetensors" in refusal
    assert "vocabulary.json" in refusal


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["model.safetensors", "config.json"], ""),
        ([*SHARDS, INDEX], ""),
        (["config.json"], "model.safetensors is missing."),
        (SHARDS, f"{INDEX} is missing beside the shards."),
        ([*SHARDS, "model.safetensors"], "Give one model.safetensors or shards, not both."),
        (SHARDS[:2], "The shards are not model-00001-of-00003 to model-00003-of-00003."),
    ],
)
def test_weights_fit_together(paths: list[str], expected: str) -> None:
    assert refusal_of_set(paths) == expected


def test_only_weights_have_no_limit_of_their_own() -> None:
    assert largest("model.safetensors") is None
    assert largest("config.json") == 4 << 20
    assert largest("README.md") == 1 << 20
    assert largest("vocabulary.json") == 40 << 20
