"""langid: a language identifier of 97 languages, taken out of its source release.

The model is a pickle inside a Python file. Neither is run: the text is found by its marks, and
the unpickler knows arrays of numbers only.
"""

import base64
import bz2
import io
import pickle
import re
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from marketplace.storefront.importers.errors import DonorUnreadable
from marketplace.storefront.importers.types import Importer, Member, Pin, Provenance
from marketplace.storefront.importers.writing import (
    Array,
    write_json,
    write_notice,
    write_tensors,
)

PINS = (
    Pin(
        package="langid",
        version="1.1.6",
        sha256="044bcae1912dab85c33d8e98f2811b8f4ff1213e5e9a9e9510137b84da2cb293",
        members=(
            Member(
                "langid.py",
                "langid-1.1.6/langid/langid.py",
                2_529_444,
                "5e4d499193c82f7de6c3835109bb6631d6bc19ef8bdc56058638d8f67772f655",
            ),
        ),
        is_source=True,
    ),
)
PROVENANCE = Provenance(
    author="Marco Lui and Timothy Baldwin",
    source="langid.py 1.1.6",
    license="BSD-2-Clause",
    training_data="Third-party: five domains named in the authors' papers (JRC-Acquis, ClueWeb 09, "
    "Wikipedia, Reuters RCV2, Debian i18n), some of them licensed for research.",
    restrictions="",
    changes="Naive Bayes tables and byte automaton written as safetensors in 32 bits.",
)
_MODEL = re.compile(rb'^model=b"""\n([A-Za-z0-9+/=\n]+)"""$', re.MULTILINE)
_LICENSE = re.compile(r"(Copyright 2011 Marco Lui.*?of the copyright holder\.)\n", re.DOTALL)
_LARGEST_MODEL = 64 * 1024 * 1024


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("array", "array"):
            return array
        raise pickle.UnpicklingError(f"{module}.{name} is not an array of numbers")


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Write the identifier as a ``linear-text`` version folder into ``target``."""
    source = members["langid.py"].read_bytes()
    likelihoods, priors, labels, moves, outputs = read_model(source)
    size = len(likelihoods) // len(priors)
    starts, features = _flatten(outputs, len(moves) // 256)
    tensors: dict[str, Array] = {
        "weight": np.array(likelihoods, dtype=np.float32).reshape(size, len(priors)).T,
        "bias": np.array(priors, dtype=np.float32),
        "automaton.moves": np.array(moves, dtype=np.uint16).reshape(-1, 256),
        "automaton.starts": np.array(starts, dtype=np.int32),
        "automaton.features": np.array(features, dtype=np.int32),
    }
    sizes = {"states": len(starts) - 1, "outputs": len(features), "size": size}
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "config.json", _config(list(labels), sizes))
    write_tensors(target, tensors)
    (target / "LICENSE").write_text(_license(source), encoding="utf-8")
    write_notice(target, PROVENANCE, PINS)


def read_model(source: bytes) -> tuple[Any, ...]:
    """Return the five tables of the model inside a source file; raises ``DonorUnreadable``."""
    found = _MODEL.search(source)
    if found is None:
        raise DonorUnreadable(what="langid.py", reason="it holds no model")
    unpacked = bz2.BZ2Decompressor().decompress(base64.b64decode(found[1]), _LARGEST_MODEL + 1)
    if len(unpacked) > _LARGEST_MODEL:
        reason = f"the model unpacks beyond {_LARGEST_MODEL} bytes"
        raise DonorUnreadable(what="langid.py", reason=reason)
    try:
        tables = _ArraysOnly(io.BytesIO(unpacked)).load()
    except (pickle.UnpicklingError, ValueError, EOFError) as error:
        raise DonorUnreadable(what="langid.py", reason=str(error)) from error
    if not isinstance(tables, tuple | list) or len(tables) != 5:
        raise DonorUnreadable(what="langid.py", reason="the model does not have five tables")
    return tuple(tables)


def _flatten(outputs: Mapping[int, tuple[int, ...]], states: int) -> tuple[list[int], list[int]]:
    """Lay the features of all states into one list, with the place where each state starts."""
    starts, features = [0], list[int]()
    for state in range(states):
        features.extend(outputs.get(state, ()))
        starts.append(len(features))
    return starts, features


def _config(labels: list[str], sizes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "runtime": "linear-text",
        "task": "language-identification",
        "labels": labels,
        "top_k": min(3, len(labels)),
        "vectorizer": {"kind": "byte-automaton", **sizes},
        "examples": [
            "Das Wetter ist heute schön, wir gehen in den Park.",
            "Le chat dort sur le canapé depuis ce matin.",
        ],
    }


def _license(source: bytes) -> str:
    found = _LICENSE.search(source[:4000].decode("utf-8"))
    if found is None:
        raise DonorUnreadable(what="langid.py", reason="its license is not where it was")
    return found[1] + "\n"


IMPORTER = Importer("langid", PINS, PROVENANCE, convert)
