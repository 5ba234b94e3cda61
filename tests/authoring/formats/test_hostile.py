"""The corpus of hostile files: each refused by its code, none opened, none served."""

import time
from pathlib import Path

import pytest

from authoring.formats.examine import examine
from authoring.models import Submission
from authoring.services import submissions
from catalog.models import Version
from tests.factories.authoring import failed_check, make_listing, uploaded, write_broken
from tests.factories.hostile import CORPUS, Hostile


@pytest.mark.parametrize("hostile", CORPUS, ids=str)
def test_is_refused_by_its_code_and_not_opened(tmp_path: Path, hostile: Hostile) -> None:
    marker, file = tmp_path / "marker", tmp_path / "received"
    file.write_bytes(hostile.make(marker))
    begun = time.perf_counter()

    found = examine(file, path=hostile.path)

    assert found.code == hostile.code, found.problem
    assert found.problem.startswith(hostile.path)
    assert len(found.problem) > len(hostile.path) + 20
    assert not marker.exists()
    assert time.perf_counter() - begun < 5
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["received"]


def test_the_corpus_is_as_large_as_it_has_to_be() -> None:
    assert len({str(one) for one in CORPUS}) == len(CORPUS) >= 60
    assert len({one.technique for one in CORPUS}) >= 12


def one_of_each() -> list[Hostile]:
    """Return the first of the corpus for every technique and code."""
    return list({(one.technique, one.code): one for one in reversed(CORPUS)}.values())


@pytest.mark.django_db
def test_nothing_of_it_becomes_a_version(as_hana, tmp_path: Path) -> None:
    listing, marker = make_listing(as_hana), tmp_path / "marker"
    codes = {}

    for place, hostile in enumerate(one_of_each()):
        data = hostile.make(marker)
        folder = write_broken(tmp_path / f"{place}", data, hostile.path)
        submission = uploaded(as_hana, listing, folder)
        submissions.complete(by=as_hana, submission=submission)
        submissions.run_checks(str(submission.pk))
        codes[str(hostile)] = failed_check(submission).detail["code"]

    assert codes == {str(one): one.code for one in one_of_each()}
    assert set(Submission.objects.values_list("state", flat=True)) == {"refused"}
    assert not Version.objects.exists()
    assert not marker.exists()
