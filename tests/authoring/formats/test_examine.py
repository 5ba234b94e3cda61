"""Files judged by name and by bytes."""

import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from authoring.formats.examine import examine
from tests.factories.malware import BROKEN_TENSORS, PICKLES, safetensors, zip_bomb, zip_of


def put(folder: Path, data: bytes, path: str = "model.safetensors") -> Path:
    file = folder / "received"
    file.write_bytes(data)
    return file


def problem_of(folder: Path, data: bytes, path: str = "model.safetensors") -> str:
    return examine(put(folder, data), path=path).problem


@pytest.mark.parametrize("name", PICKLES)
@pytest.mark.parametrize("path", ["model.safetensors", "config.json", "tokenizer.json"])
def test_names_a_renamed_pickle_and_never_opens_it(tmp_path: Path, name: str, path: str) -> None:
    marker = tmp_path / "marker"

    found = examine(put(tmp_path, PICKLES[name](marker)), path=path)

    assert found.problem.startswith(f"{path} is ")
    assert "onvert to safetensors" in found.problem or "one by one" in found.problem
    assert any(call.endswith(".open") for call in found.calls)
    assert not marker.exists()


def test_the_payload_of_these_tests_is_live(tmp_path: Path) -> None:
    marker = tmp_path / "marker"

    pickle.loads(PICKLES["raw pickle"](marker)).close()

    assert marker.exists()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("weights.pt", "a PyTorch checkpoint"),
        ("pytorch_model.bin", "a PyTorch checkpoint"),
        ("model.PKL", "a Python pickle"),
        ("model.joblib", "a Python pickle"),
        ("model.pt2", "an exported PyTorch program"),
        ("weights.npy", "a NumPy array file"),
        ("model.h5", "an HDF5 or Keras file"),
        ("model.onnx", "an ONNX graph"),
        ("model.gguf", "a GGUF file"),
        ("saved_model.pb", "a TensorFlow program"),
        ("model.zip", "an archive"),
        ("modeling_llama.py", "a program or script"),
        ("../model.safetensors", "is not a file of a version"),
        ("/etc/passwd", "is not a file of a version"),
        ("sub/config.json", "is not a file of a version"),
        ("CONFIG.JSON", "is not a file of a version"),
        ("config.json\x00.pt", "a PyTorch checkpoint"),
        ("model-00001-of-00002.safetensors.py", "a program or script"),
    ],
)
def test_refuses_a_name_and_says_what_it_is(tmp_path: Path, path: str, expected: str) -> None:
    assert expected in problem_of(tmp_path, b"{}", path)


@pytest.mark.parametrize("name", BROKEN_TENSORS)
def test_says_what_is_wrong_with_broken_tensors(tmp_path: Path, name: str) -> None:
    data, expected = BROKEN_TENSORS[name]

    assert expected in problem_of(tmp_path, data)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"GGUF\x03\x00\x00\x00", "GGUF"),
        (b"\x1f\x8b\x08\x00", "an archive"),
        (b"7z\xbc\xaf\x27\x1c", "an archive"),
        (b"\x7fELF\x02\x01\x01", "a program"),
        (b"#!/bin/sh\n", "a program"),
        (b"MZ\x90\x00", "a program"),
        (b"\x1c\x00\x00\x00TFL3", "a TensorFlow program"),
        (b"\x08\x07\x12\x07pytorch\x1a\x05\n1.0", "an ONNX graph"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer"),
    ],
)
def test_names_other_formats_by_their_first_bytes(
    tmp_path: Path, start: bytes, expected: str
) -> None:
    assert expected in problem_of(tmp_path, start + bytes(64))


def test_does_not_unpack_a_zip_bomb(tmp_path: Path) -> None:
    found = examine(put(tmp_path, zip_bomb(tmp_path)), path="model.safetensors")

    assert found.problem.startswith("model.safetensors is an archive, and archives are never")
    assert found.calls == ()


def test_refuses_a_file_that_reads_as_tensors_and_as_a_zip(tmp_path: Path) -> None:
    hidden = zip_of({"archive/data.pkl": b"\x80\x02N."})
    header = {"w": {"dtype": "U8", "shape": [len(hidden)], "data_offsets": [0, len(hidden)]}}

    assert "a PyTorch checkpoint" in problem_of(tmp_path, safetensors(header, hidden))


def test_takes_what_safetensors_writes(tmp_path: Path) -> None:
    tensors = {"a": np.ones((3, 4), np.float32), "b": np.arange(5, dtype=np.int64)}
    save_file(tensors, tmp_path / "received", metadata={"format": "pt"})

    found = examine(tmp_path / "received", path="model.safetensors")

    assert (found.problem, found.format, found.parameters) == ("", "safetensors", 17)


@pytest.mark.parametrize("length", [384, 640, 896, 1152, 23117, 35615, 0x2123])
def test_a_header_length_that_looks_like_another_format_is_no_alarm(
    tmp_path: Path, length: int
) -> None:
    header = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(length)

    assert problem_of(tmp_path, safetensors(header, bytes(4))) == ""


@pytest.mark.parametrize(
    ("dtype", "spoiled"),
    [
        ("F16", struct.pack("<e", float("nan"))),
        ("BF16", b"\x80\x7f"),
        ("F32", struct.pack("<f", float("-inf"))),
        ("F64", struct.pack("<d", float("nan"))),
        ("F8_E5M2", b"\x7c"),
        ("F8_E4M3", b"\xff"),
    ],
)
def test_names_the_tensor_that_is_not_finite(tmp_path: Path, dtype: str, spoiled: bytes) -> None:
    size = len(spoiled)
    header = {
        "good": {"dtype": dtype, "shape": [1], "data_offsets": [0, size]},
        "spoiled": {"dtype": dtype, "shape": [1], "data_offsets": [size, 2 * size]},
    }

    problem = problem_of(tmp_path, safetensors(header, bytes(size) + spoiled))

    assert "the tensor 'spoiled' holds NaN or infinite values" in problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 64 levels"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested deeper than 64 levels"),
        (b'{"runtime": "a", "runtime": "b"}', "the key 'runtime' is there twice"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1e999}', "is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is too large"),
        (b'{"a": "\\ud800"}', "half of a character"),
        (b'{"a": 1', "it is not JSON"),
        (b"\xff\xfe{}", "it is not UTF-8 text"),
        (b" " * (4 << 20) + b"{}", "at most 4,194,304 are allowed"),
    ],
)
def test_refuses_json_beyond_its_bounds(tmp_path: Path, text: bytes, expected: str) -> None:
    assert expected in problem_of(tmp_path, text, "config.json")


def test_brackets_inside_texts_are_not_depth(tmp_path: Path) -> None:
    assert problem_of(tmp_path, b'{"a": "' + b"[" * 500 + b'\\"[["}', "config.json") == ""


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("# Ünïcode, and (c) 2026\n".encode(), ""),
        (b"(c) 2026 Harbor\nAll rights reserved\n", ""),
        (b"caf\xe9", "README.md: it is not UTF-8 text."),
        (b"a\x00b", "README.md: it holds a NUL character and is not text."),
        (b"x" * ((1 << 20) + 1), "README.md: it has more than 1,048,576 bytes."),
    ],
)
def test_texts_are_texts(tmp_path: Path, data: bytes, expected: str) -> None:
    assert problem_of(tmp_path, data, "README.md") == expected
