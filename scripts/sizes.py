"""Prints the sizes that tell health, and fails when one is out of bounds.

Functions, files and templates by physical lines; tests against code. Bounds: function
median 10 and 95th percentile 40, file 95th percentile 400, template 95th percentile 150.
"""

import ast
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median

APPS = ("accounts", "catalog", "billing", "inference", "governance", "authoring", "marketplace")
ALWAYS = 60


def tracked(*patterns: str) -> list[Path]:
    """Return the files git knows, and those it would add."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("\n")
    return [Path(name) for name in names if name and Path(name).exists()]


def lines_of(path: Path) -> int:
    """Return the physical lines of a file."""
    return path.read_text().count("\n")


def functions_of(path: Path) -> Iterable[tuple[int, str]]:
    """Yield the length and the place of each function of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or 0) - node.lineno + 1, f"{path}:{node.lineno} {node.name}"


def high(values: list[int]) -> int:
    """Return the 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))] if values else 0


def main() -> int:
    """Measure, print, and return 1 when something is out of bounds."""
    code = [
        path
        for path in tracked(*(f"{app}/**.py" for app in APPS))
        if "migrations" not in path.parts and lines_of(path) > 1
    ]
    tests = tracked("tests/**.py")
    functions = [found for path in code for found in functions_of(path)]
    lengths, files = [length for length, _ in functions], [lines_of(path) for path in code]
    templates = [lines_of(path) for path in tracked("templates/**.html")]
    ratio = sum(map(lines_of, tests)) / max(1, sum(files))
    print(f"code {sum(files)} lines in {len(files)} files; test to code {ratio:.2f}")
    print(f"functions {len(lengths)}: median {median(lengths)}, p95 {high(lengths)}")
    print(f"files p95 {high(files)}; templates p95 {high(templates)}")
    bounds = [
        ("function median", median(lengths), 10),
        ("function p95", high(lengths), 40),
        ("file p95", high(files), 400),
        ("template p95", high(templates), 150),
    ]
    broken = [f"{name} {value} > {bound}" for name, value, bound in bounds if value > bound]
    broken += [f"{place}: {length} lines" for length, place in functions if length > ALWAYS]
    for line in broken:
        print(f"out of bounds: {line}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
