"""``make bench``: what this machine does, in ratios where there is somebody to compare with."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from bench.calls import compare
from bench.first_run import measure
from bench.processes import ROOT
from bench.store import Place


def main() -> None:
    """Measure the first run, the later start, and a call beside a bare server."""
    with tempfile.TemporaryDirectory(prefix="stoa-bench-") as name:
        folder = Path(name)
        if (ROOT / "var" / "donors").is_dir():
            shutil.copytree(ROOT / "var" / "donors", folder / "donors")
        place = Place(folder)
        show_starts(measure(place), measure(place))
        loads = compare(place)
    bare, ours = loads["bare server"], loads["marketplace"]
    print("\nA call of a small model, metered, priced, traced and settled, beside a bare server")
    for name, load in loads.items():
        print(f"  {name:<12} {load.median_ms:8.2f} ms median {load.per_second:8.1f} calls/s")
    print(f"  {'ratio':<12} {ours.median_ms / bare.median_ms:8.2f}", end="")
    print(f"{'':<11} {ours.per_second / bare.per_second:8.2f}")


def show_starts(first: dict[str, Any], later: dict[str, Any]) -> None:
    """Print the first and the later start side by side."""
    print("make run, after its packages were installed    first   later")
    for label, name in (
        ("seconds to the first page", "first_page_s"),
        ("seconds to every listing", "every_listing_s"),
        ("MiB resident after calling every listing", "resident_mib"),
    ):
        print(f"  {label:<42} {first[name]:8} {later[name]:7}")
    ended = [sum(how == "succeeded" for how in one["answers"].values()) for one in (first, later)]
    print(f"  {'listings that answered':<42} {ended[0]:8} {ended[1]:7}")


if __name__ == "__main__":
    main()
