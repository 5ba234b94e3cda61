"""The corpus of hostile files: for each, where it is sent and the code of its refusal.

Payloads are those of ``malware``: all that any of them does is to create an empty marker file.
"""

import gzip
import io
import json
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.factories import malware
from tests.factories.malware import entry, payload, safetensors, zip_of

WEIGHTS, CONFIG, TOKENIZER, README = (
    "model.safetensors",
    "config.json",
    "tokenizer_config.json",
    "README.md",
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file by its technique, the name it is sent under, its bytes, its code of refusal."""

    technique: str
    name: str
    path: str
    make: Callable[[Path], bytes]
    code: str

    def __str__(self) -> str:
        return f"{self.technique}: {self.name} as {self.path}"


def _always(data: bytes) -> Callable[[Path], bytes]:
    return lambda marker: data


def _global(module: str, name: str, text: str) -> bytes:
    """Return a pickle that calls one global with one text."""
    return f"c{module}\n{name}\n(V{text}\ntR.".encode()


def _bad_crc(marker: Path) -> bytes:
    good, data = malware.torch_zip(marker), payload(marker)
    crc = struct.pack("<I", zlib.crc32(data))
    return good.replace(crc, b"\xde\xad\xbe\xef")


def _overlapping(marker: Path) -> bytes:
    """Return a zip with 4,000 directory entries that all point at the same megabyte."""
    archive = zip_of({"bomb": bytes(1 << 20)}, compression=zipfile.ZIP_DEFLATED)
    at, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    directory = archive[at:end] * 4_000
    last = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 4_000, 4_000, len(directory), at, 0)
    return archive[:at] + directory + last


def _nested(marker: Path) -> bytes:
    data = malware.torch_zip(marker)
    for depth in range(6):
        data = zip_of({f"{depth}.zip": data}, compression=zipfile.ZIP_DEFLATED)
    return data


def _tar(*members: tuple[str, bytes, str], content: bytes = b"") -> bytes:
    """Return a tar of members by name, type and link target."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            member.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _behind(archive: bytes) -> bytes:
    """Return sound tensors whose one tensor is the archive."""
    header = {"w": {"dtype": "U8", "shape": [len(archive)], "data_offsets": [0, len(archive)]}}
    return safetensors(header, archive)


def _zip64(marker: Path) -> bytes:
    """Return a checkpoint whose directory is announced by the records of zip64 only."""
    archive = malware.torch_zip(marker)
    at, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    wide = struct.pack(
        "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 2, 2, end - at, at
    ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return archive[:end] + wide + b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2)


def _array(marker: Path) -> np.ndarray:
    return np.array([malware.CreatesMarker(marker)], dtype=object)


def _npz(marker: Path) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, weight=_array(marker))
    return buffer.getvalue()


def _keras(marker: Path) -> bytes:
    layer = {"class_name": "Lambda", "config": {"function": ["4wEAAAAA", None, None]}}
    config = json.dumps({"layers": [layer]}).encode()
    return zip_of({"config.json": config, "model.weights.h5": b"\x89HDF\r\n\x1a\n"})


def _frozen_json(text: str, *, key: str = "a") -> bytes:
    return f'{{"{key}": {text}}}'.encode()


def _two(a: dict, b: dict, size: int) -> bytes:
    return safetensors({"a": a, "b": b}, bytes(size))


PICKLES = [
    Hostile(
        "pickle", f"protocol {n}", path, lambda marker, n=n: payload(marker, n), "format.pickle"
    )
    for n in range(6)
    for path in (WEIGHTS, CONFIG)
] + [
    Hostile(
        "pickle", f"protocol {n}", README, lambda marker, n=n: payload(marker, n), "format.pickle"
    )
    for n in (0, 4)
]
CALLS = [
    Hostile("indirect pickle", name, WEIGHTS, _always(data), "format.pickle")
    for name, data in {
        "resolve_name": _global("pkgutil", "resolve_name", "os:system"),
        "methodcaller": _global("operator", "methodcaller", "system"),
        "runstring": _global("numpy.testing._private.utils", "runstring", "1"),
        "torch.fx": _global("torch.fx.graph_module", "_exec_with_source", "1"),
        "INST": b"(Vtrue\nios\nsystem\n.",
        "pip": _global("pip", "main", "install"),
    }.items()
]
MAKERS: list[tuple[str, str, Callable[[Path], bytes], str]] = [
    ("torch checkpoint", "zip", malware.torch_zip, "format.torch"),
    ("torch checkpoint", "old", malware.torch_old, "format.torch-legacy"),
    ("torchscript", "program", malware.torchscript, "format.torchscript"),
    ("exported program", "pt2", malware.exported, "format.pt2"),
    ("keras", "lambda in .keras", _keras, "format.hdf5"),
    ("keras", "HDF5", _always(b"\x89HDF\r\n\x1a\n" + bytes(64)), "format.hdf5"),
    ("joblib", "plain", lambda m: pickle.dumps({"m": malware.CreatesMarker(m)}), "format.pickle"),
    ("joblib", "zlib", lambda m: zlib.compress(payload(m)), "format.archive"),
    ("joblib", "gzip", lambda m: gzip.compress(payload(m)), "format.archive"),
    ("numpy", "objects", malware.object_array, "format.numpy-objects"),
    ("numpy", "npz of objects", _npz, "format.numpy"),
    ("broken stream", "rubbish behind", malware.broken_stream, "format.pickle"),
    ("polyglot", "tensors and checkpoint", lambda m: _behind(malware.torch_zip(m)), "format.torch"),
    ("polyglot", "tensors and zip64", lambda m: _behind(_zip64(m)), "format.archive"),
    ("polyglot", "tensors and overlap", lambda m: _behind(_overlapping(m)), "format.archive"),
    ("polyglot", "checkpoint behind tensors",
     lambda m: safetensors({"w": entry(0, 4)}, bytes(4)) + malware.torch_zip(m), "format.torch"),
    ("polyglot", "program before a zip", lambda m: b"#!/bin/sh\n" + malware.torch_zip(m),
     "format.program"),
    ("nested archive", "six deep", _nested, "format.archive"),
    ("nested archive", "checkpoint in tar", malware.tar_of_pickle, "format.archive"),
    ("nested archive", "tar in gzip", lambda m: gzip.compress(malware.tar_of_pickle(m)),
     "format.archive"),
    ("CRC", "wrong", _bad_crc, "format.torch"),
    ("CRC", "no directory", lambda m: malware.torch_zip(m)[:-60], "format.archive"),
    ("bomb", "ratio", malware.zip_bomb, "format.archive"),
    ("bomb", "overlap", _overlapping, "format.archive"),
    ("bomb", "zip64", _zip64, "format.archive"),
    ("traversal", "zip", lambda m: zip_of({f"../../{m.name}": b"x"}), "format.archive"),
    ("traversal", "absolute", lambda m: zip_of({str(m): b"x"}), "format.archive"),
    ("traversal", "tar", lambda m: _tar((f"../{m.name}", tarfile.REGTYPE, "")), "format.archive"),
    ("link", "symbolic", lambda m: _tar(("w", tarfile.SYMTYPE, str(m))), "format.archive"),
    ("link", "hard", lambda m: _tar(("w", tarfile.LNKTYPE, str(m))), "format.archive"),
    ("device", "null", _always(_tar(("w", tarfile.CHRTYPE, ""))), "format.archive"),
    ("device", "pipe", _always(_tar(("w", tarfile.FIFOTYPE, ""))), "format.archive"),
    ("collision", "case", _always(zip_of({"W.bin": b"1", "w.bin": b"2"})), "format.archive"),
    ("collision", "unicode", _always(zip_of({"é": b"1", "e\u0301": b"2"})), "format.archive"),
    ("program", "ELF", _always(b"\x7fELF\x02\x01\x01" + bytes(64)), "format.program"),
    ("program", "script", lambda m: f"#!/bin/sh\ntouch {m}\n".encode(), "format.program"),
    ("onnx", "graph", _always(b"\x08\x07\x12\x07pytorch\x1a\x05\n1.0"), "format.onnx"),
]  # fmt: skip
TENSORS: list[tuple[str, bytes, str]] = [
    ("length beyond 64 bits signed", safetensors({}, length=2**64 - 1), "tensors.header_too_large"),
    ("length beyond the file", safetensors({}, length=1 << 20), "tensors.cut_off"),
    ("length zero", safetensors({}, length=0), "tensors.header"),
    ("name twice", safetensors(b'{"w":{},"w":{}}'), "json.duplicate_key"),
    ("overlap", _two(entry(0, 8), entry(4, 12), 12), "tensors.overlap"),
    ("the same bytes", _two(entry(0, 8), entry(0, 8), 8), "tensors.overlap"),
    ("gap", _two(entry(0, 4), entry(8, 12), 12), "tensors.hole"),
    ("bytes left over", safetensors({"w": entry(0, 4)}, bytes(5)), "tensors.left_over"),
    ("bytes missing", safetensors({"w": entry(0, 8)}, bytes(7)), "tensors.cut_off"),
    ("type of objects", safetensors({"w": entry(0, 8, dtype="O")}, bytes(8)), "tensors.dtype"),
    ("negative shape", safetensors({"w": entry(0, 8, [-2])}, bytes(8)), "tensors.shape"),
    ("negative offset", safetensors({"w": entry(-4, 0, [1])}, bytes(4)), "tensors.offsets"),
    ("huge shape", safetensors({"w": entry(0, 4, [1 << 70])}, bytes(4)), "tensors.shape"),
    (
        "product beyond 64 bits",
        safetensors({"w": entry(0, 0, [1 << 40, 1 << 40, 0])}),
        "tensors.shape",
    ),
    ("shape in decimals", safetensors({"w": entry(0, 4, [1.0])}, bytes(4)), "tensors.shape"),
    ("nine dimensions", safetensors({"w": entry(0, 4, [1] * 9)}, bytes(4)), "tensors.shape"),
    ("NaN", safetensors({"w": entry(0, 4)}, struct.pack("<f", float("nan"))), "tensors.not_finite"),
    ("NaN in its header", safetensors(b'{"w":NaN}'), "json.number"),
    ("deep header", safetensors(b'{"a":' + b"[" * 99 + b"]" * 99 + b"}"), "json.too_deep"),
    ("broad header", safetensors(b'{"a":[' + b"[]," * 2_000_001 + b"1]}"), "json.too_many"),
    ("code in an entry", safetensors({"w": {**entry(0, 4), "x": 1}}, bytes(4)), "tensors.entry"),
    ("objects as metadata", safetensors({"__metadata__": {"a": {}}}), "tensors.metadata"),
    ("name of controls", safetensors({"w\x00\x1b[2J": entry(0, 4)}, bytes(4)), "tensors.name"),
]  # fmt: skip
AUTO_MAP = _frozen_json('{"AutoModel": "modeling.Evil"}', key="auto_map")
JSONS: list[tuple[str, bytes, str]] = [
    ("NaN", _frozen_json("NaN"), "json.number"),
    ("infinity", _frozen_json("-Infinity"), "json.number"),
    ("beyond a double", _frozen_json("1e999"), "json.number"),
    ("huge whole number", _frozen_json("9" * 5_000), "json.number"),
    ("deep lists", _frozen_json("[" * 100_000 + "]" * 100_000), "json.too_deep"),
    ("deep objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json.too_deep"),
    ("key twice", b'{"runtime": "a", "runtime": "b"}', "json.duplicate_key"),
    ("half a character", _frozen_json('"\\ud800"'), "json.surrogate"),
    ("quotes without end", b'{"a": "' + b'\\"a' * 100_000, "json.invalid"),
    ("UTF-16", '{"a": 1}'.encode("utf-16"), "json.not_utf8"),
    ("remote code", AUTO_MAP, "json.remote_code"),
    ("trusted code", _frozen_json("true", key="trust_remote_code"), "json.remote_code"),
    ("pipelines", _frozen_json("{}", key="custom_pipelines"), "json.remote_code"),
]  # fmt: skip

CORPUS: list[Hostile] = [
    *PICKLES,
    *CALLS,
    *(Hostile(technique, name, WEIGHTS, make, code) for technique, name, make, code in MAKERS),
    *(Hostile("tensor header", name, WEIGHTS, _always(data), code) for name, data, code in TENSORS),
    *(Hostile("json", name, CONFIG, _always(data), code) for name, data, code in JSONS),
    Hostile("remote code", "tokenizer", TOKENIZER, _always(AUTO_MAP), "json.remote_code"),
    Hostile(
        "json",
        "broad",
        "tokenizer.json",
        lambda marker: _frozen_json("[" + "[]," * 2_000_001 + "1]"),
        "json.too_many",
    ),
]
