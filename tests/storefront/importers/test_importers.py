"""The list of importers and what each of them states."""

import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.core.errors import NotFound
from marketplace.storefront.demo.world import ALL
from marketplace.storefront.importers import IMPORTERS, importer_named

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(IMPORTERS)


def test_every_importer_has_its_name() -> None:
    assert sorted(importer.name for importer in IMPORTERS.values()) == NAMES
    assert len(IMPORTERS) == 10


def test_an_unknown_importer_is_not_found() -> None:
    with pytest.raises(NotFound, match="importer called pickle"):
        importer_named("pickle")


def test_looking_at_importers_does_not_load_torch() -> None:
    code = (
        "import sys; from marketplace.storefront.importers import IMPORTERS; "
        "list(IMPORTERS.values()); sys.exit('torch' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)

    assert done.returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_pins_are_whole(name: str) -> None:
    for pin in importer_named(name).pins:
        assert len(bytes.fromhex(pin.sha256)) == 32
        assert pin.url == f"pkg:pypi/{pin.package}@{pin.version}?checksum=sha256:{pin.sha256}"
        for member in pin.members:
            assert len(bytes.fromhex(member.sha256)) == 32
            assert member.size > 0
            assert "/" not in member.name


@pytest.mark.parametrize("name", NAMES)
def test_no_two_members_share_a_name(name: str) -> None:
    names = [member.name for pin in importer_named(name).pins for member in pin.members]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", NAMES)
def test_provenance_says_what_a_buyer_must_know(name: str) -> None:
    provenance = importer_named(name).provenance

    assert provenance.author
    assert provenance.license in {"Apache-2.0", "MIT", "BSD-2-Clause", "CC-BY-4.0"}
    assert len(provenance.training_data) > 40
    assert len(provenance.changes) > 40


def test_every_demo_listing_names_an_importer_with_its_license() -> None:
    for listing in ALL:
        if not listing.source.startswith("adapter:"):
            assert importer_named(listing.source).provenance.license == listing.license
