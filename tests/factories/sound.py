"""Small sound files of many kinds: what has to be taken."""

import json
from collections.abc import Iterator

import numpy as np
import torch
from safetensors.numpy import save as save_arrays
from safetensors.torch import save as save_tensors

WEIGHTS, CONFIG = "model.safetensors", "config.json"
WHOLE = ["bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"]
TYPES = [*WHOLE, *FLOATS]
SHAPES = [(), (1,), (7,), (2, 3), (2, 3, 4), (1, 2, 3, 4), (2,) * 5, (1,) * 8]
EMPTY = [(0,), (0, 3), (3, 0), (2, 0, 2)]
NAMES = ["layer.0.weight", "Größe", "重み", "a b", "🙂", "x" * 512]
METADATA = [{}, {"format": "pt"}, {"é": "重み"}, {str(n): "x" * 50 for n in range(100)}]
JSONS = {
    "an object": {},
    "sixty lists deep": json.loads("[" * 60 + "]" * 60),
    "large whole numbers": {"model_max_length": 1000000000000000019884624838656},
    "numbers": [0, -1, 1.5, 1e308, -0.0, 1e-300],
    "texts": ["", "é", "重み", "🙂", "a\tb\n", '"quoted" \\ [{', "\u2028"],
    "names": {"é": {"é": 1}, "e\u0301": 2},
    "constants": [True, False, None],
    "a thousand of each": [{"id": n, "merges": ["a", "b"]} for n in range(1_000)],
}
TEXTS = {
    "README.md": ["# Ünïcode 🙂\n", "a\r\nb\r\n", "---\nlicense: mit\n---\n", "x"],
    "LICENSE": ["(c) 2026 Harbor\nAll rights reserved\n", "cos\nsystem\n(of a license)\n"],
    "merges.txt": ["#version: 0.2\nĠ t\nh e\n"],
    "vocab.txt": ["[PAD]\n[UNK]\n##ing\n"],
}


def sound_files() -> Iterator[tuple[str, str, bytes]]:
    """Yield a name, the path to send it under, and its bytes."""
    yield from ((f"tensors: {name}", WEIGHTS, data) for name, data in _tensors())
    for name, value in JSONS.items():
        yield f"json: {name}", CONFIG, json.dumps(value).encode()
        yield f"json, not escaped: {name}", CONFIG, json.dumps(value, ensure_ascii=False).encode()
    for path, texts in TEXTS.items():
        yield from ((f"{path}: {text[:12]!r}", path, text.encode()) for text in texts)


def _tensors() -> Iterator[tuple[str, bytes]]:
    for kind in TYPES:
        yield f"of type {kind}", save_tensors({"w": torch.ones(4, dtype=getattr(torch, kind))})
    for shape in SHAPES:
        yield f"of shape {shape}", save_arrays({"w": np.full(shape, 0.5, np.float32)})
    for shape in EMPTY:
        empty = np.zeros(shape, np.float32)
        between = {"a": np.ones(2, np.float32), "b": empty, "c": np.ones(3, np.float32)}
        yield f"with the empty shape {shape}", save_arrays(between)
        yield f"of nothing but the shape {shape}", save_arrays({"w": empty, "v": empty})
    for name in NAMES:
        yield f"named {name[:20]}", save_arrays({name: np.ones(2, np.float32)})
    for place, metadata in enumerate(METADATA):
        yield f"with metadata {place}", save_arrays({"w": np.ones(2, np.float16)}, metadata)
    yield "by the thousand", save_arrays({f"w{n}": np.ones(1, np.int8) for n in range(1_000)})
    yield "none", save_arrays({})
