"""Sound files of many kinds are taken, alone and in shards."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from authoring.formats.examine import examine
from authoring.formats.names import refusal_of_set
from tests.factories.sound import sound_files

SOUND = list(sound_files())


@pytest.mark.parametrize(
    ("path", "data"), [one[1:] for one in SOUND], ids=[one[0] for one in SOUND]
)
def test_is_taken(tmp_path: Path, path: str, data: bytes) -> None:
    file = tmp_path / "received"
    file.write_bytes(data)

    found = examine(file, path=path)

    assert (found.problem, found.code) == ("", "")


def test_there_are_many_kinds_of_them() -> None:
    assert len({name for name, _, _ in SOUND}) == len(SOUND) >= 40


@pytest.mark.parametrize("shards", [1, 2, 12])
def test_shards_are_taken_with_their_index(tmp_path: Path, shards: int) -> None:
    names = [f"model-{n:05d}-of-{shards:05d}.safetensors" for n in range(1, shards + 1)]
    index = {"metadata": {"total_size": 8 * shards}, "weight_map": {n: n for n in names}}
    files = {name: save({name: np.ones(2, np.float32)}) for name in names}
    files["model.safetensors.index.json"] = json.dumps(index).encode()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)

    problems = [examine(tmp_path / name, path=name).problem for name in files]

    assert problems == [""] * len(files)
    assert refusal_of_set(list(files)) == ""
