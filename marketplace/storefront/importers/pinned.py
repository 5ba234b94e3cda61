"""Any pinned package whose members already lie in the served form."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.storefront.importers.fetch import fetch, fetch_archive, measured_member
from marketplace.storefront.importers.types import Pin

REQUIREMENT = re.compile(r"(?P<package>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9.!+]+)")
DIGEST = re.compile(r"[0-9a-f]{64}")


def fetch_pinned(
    requirement: str,
    sha256: str,
    paths: Sequence[str],
    target: Path,
    *,
    cache: Path,
    offline: bool,
    is_source: bool = False,
) -> Path:
    """Copy members of ``NAME==VERSION`` whose archive has this SHA-256 into ``target``.

    Raises ``InvalidInput`` naming what was not well formed, and as ``fetch`` does.
    """
    pin = _pin(requirement, sha256, paths, is_source=is_source)
    archive = fetch_archive(pin, cache, offline=offline)
    members = tuple(measured_member(archive, path) for path in paths)
    return _copy(fetch(replace(pin, members=members), cache, offline=offline), target)


def _pin(requirement: str, sha256: str, paths: Sequence[str], *, is_source: bool) -> Pin:
    named = REQUIREMENT.fullmatch(requirement)
    problems = []
    if named is None:
        problems.append(FieldProblem("package", f"{requirement!r} is not like name==1.2.3."))
    if not DIGEST.fullmatch(sha256):
        problems.append(FieldProblem("sha256", "Give the archive's SHA-256, 64 hex digits."))
    if not paths:
        problems.append(FieldProblem("member", "Name at least one member of the archive."))
    if problems or named is None:
        raise InvalidInput(problems)
    return Pin(named["package"], named["version"], sha256, (), is_source=is_source)


def _copy(members: Mapping[str, Path], target: Path) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    for name, path in members.items():
        shutil.copyfile(path, target / name)
    return target
