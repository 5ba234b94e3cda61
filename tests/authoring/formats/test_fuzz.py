"""Mutated files: refused with a code, or as good as new; never another error, never much memory."""

import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from authoring.formats.examine import examine

MUTATIONS = 4_000
MOST_GROWTH_MB = 64
MOST_MB = 512
TENSORS = [
    save({f"layer.{n}": np.full((4, n + 1), 0.5, np.float32) for n in range(4)}),
    save({"a": np.ones(3, np.float16), "b": np.ones((2, 0), np.int64)}, {"format": "pt"}),
    save({"é": np.arange(6, dtype=np.uint8).reshape(2, 3)}, {"é": "重み"}),
]
CONFIGS = [
    json.dumps({"runtime": "tabular-mlp", "hidden": [4, 8], "labels": ["a", "b"], "x": 1e-5}),
    json.dumps({"added_tokens": [{"id": 1, "content": '"\\[{', "special": True}] * 3}, indent=1),
    json.dumps([None, True, -0.5, "é🙂", {"é": {"a": [[[]]]}}], ensure_ascii=False),
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return the file with one to four changes, most of them in its header."""
    bytes_, header = bytearray(data), 8 + int.from_bytes(data[:8], "little")
    for _ in range(chance.randint(1, 4)):
        bytes_ = bytes_ or bytearray(b" ")
        at = chance.randrange(min(header, len(bytes_)))
        kind = chance.choice(["flip", "set", "cut", "insert", "delete", "double", "length"])
        if kind == "flip":
            bytes_[at] ^= 1 << chance.randrange(8)
        elif kind == "set":
            bytes_[at] = chance.choice(b'{}[]":,0919-\\\x00\xff')
        elif kind == "cut":
            del bytes_[chance.randrange(len(bytes_) + 1) :]
        elif kind == "insert":
            bytes_[at:at] = chance.randbytes(chance.randint(1, 9))
        elif kind == "delete":
            del bytes_[at : at + chance.randint(1, 9)]
        elif kind == "double":
            bytes_[at:at] = bytes_[at : at + 40]
        elif data[8:9] == b"{":
            bytes_[:8] = chance.randrange(1 << chance.randint(1, 63)).to_bytes(8, "little")
    return bytes(bytes_)


def mutations(sound: list[bytes]) -> Iterator[tuple[int, bytes]]:
    for seed in range(MUTATIONS):
        yield seed, mutated(sound[seed % len(sound)], random.Random(seed))


def is_read_by_the_reference(file: Path) -> bool:
    try:
        with safe_open(file, "numpy") as opened:
            return all(opened.get_tensor(name) is not None for name in opened.keys())  # noqa: SIM118
    except (SafetensorError, OSError, TypeError, ValueError, KeyError, AttributeError):
        return False


def is_json(file: Path) -> bool:
    """Tell whether a strict parser reads it, and reads the same from what it wrote."""
    found = json.loads(file.read_bytes())
    return json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize(
    ("path", "sound", "is_sound"),
    [
        ("model.safetensors", TENSORS, is_read_by_the_reference),
        ("config.json", [text.encode() for text in CONFIGS], is_json),
    ],
)
def test_a_mutation_is_refused_by_a_code_or_means_what_it_says(
    tmp_path: Path, path: str, sound: list[bytes], is_sound: Callable[[Path], bool]
) -> None:
    file, taken, before = tmp_path / "received", 0, peak_mb()

    for seed, data in mutations(sound):
        file.write_bytes(data)
        found = examine(file, path=path)
        assert bool(found.code) == bool(found.problem), f"seed {seed}"
        if not found.problem:
            taken += 1
            assert is_sound(file), f"seed {seed}"

    assert 0 < taken < MUTATIONS // 3
    assert peak_mb() - before < MOST_GROWTH_MB


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def test_random_bytes_are_always_refused_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "received"

    for seed in range(500):
        chance = random.Random(seed)
        file.write_bytes(chance.randbytes(chance.randint(0, 400)))
        for path in ("model.safetensors", "config.json"):
            assert examine(file, path=path).problem.endswith("."), f"seed {seed}"


LARGE = 40 << 20
HUNGRY = {
    "one long text": ("tokenizer.json", b'"' + b"a" * (LARGE - 2) + b'"'),
    "a wide character": ("tokenizer.json", b'"' + b"a" * (LARGE - 6) + "🙂".encode() + b'"'),
    "escapes": ("tokenizer.json", b'"' + b"\\n" * (LARGE // 2 - 1) + b'"'),
    "quotes without end": ("tokenizer.json", b'"' + b'\\"a' * (LARGE // 3 - 1)),
    "lists": ("tokenizer.json", b"[" + b"[]," * (LARGE // 3 - 2) + b"1]"),
    "objects": ("tokenizer.json", b"[" + b'{"a":1},' * 400_000 + b"1]"),
    "operations": ("model.safetensors", b"\x80\x02" + b"N0" * (LARGE // 2) + b"."),
    "names": (
        "tokenizer.json",
        b"{" + b",".join(b'"%x":%d' % (n, n) for n in range(990_000)) + b"}",
    ),
}
MEASURE = r"""
import re, sys, time
from pathlib import Path
from authoring.formats.examine import examine
begun = time.process_time()
examine(Path(sys.argv[1]), path=sys.argv[2])
spent = time.process_time() - begun
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) // 1024, spent)
"""


@pytest.mark.parametrize("name", HUNGRY)
def test_what_would_eat_memory_or_time_gets_little_of_either(tmp_path: Path, name: str) -> None:
    path, data = HUNGRY[name]
    (tmp_path / "received").write_bytes(data)
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "received"), path]

    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    mb, seconds = map(float, said.split())
    assert mb < MOST_MB
    assert seconds < 15
