"""What was received: formats and digests."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from authoring.errors import CheckFailed
from authoring.formats.examine import Examined, examine
from authoring.formats.names import refusal_of_name, refusal_of_set
from authoring.models import SubmissionFile
from authoring.services import spool
from authoring.services.examination import Examination
from authoring.services.runtimes import file_names
from authoring.types import Outcome
from marketplace.core.model_signing import root_digest

CHANGED = " Its bytes differ from the SHA-256 that was declared: it changed on the way."


def check_format(examination: Examination) -> Outcome:
    """Every file is what its name says, and none is of a format that is refused."""
    before = 0
    for file in examination.files:
        examination.found.append(_receive_and_examine(examination, file, before))
        before += file.size
    wrong = [one for one in examination.found if one.problem]
    detail = {"files": [_line(examination, one) for one in examination.found]}
    if wrong:
        more = f" So are {len(wrong) - 1} more of the files." if len(wrong) > 1 else ""
        raise CheckFailed(wrong[0].problem + more, code=wrong[0].code, **detail)
    if refusal := refusal_of_set([file.path for file in examination.files]):
        raise CheckFailed(refusal, code="format.set", **detail)
    kinds = Counter(one.format for one in examination.found)
    shown = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return Outcome(f"All files are what their names say: {shown}.", detail)


def _receive_and_examine(examination: Examination, file: SubmissionFile, before: int) -> Examined:
    # A name is judged before anything is written under it.
    if refusal := refusal_of_name(file.path, file_names()):
        return Examined(file.path, refusal, code="format.name")
    target = examination.folder / file.path
    try:
        joining = _progress(examination, f"Joining {file.path}", before)
        examination.digests[file.path] = spool.assemble(file, target, joining)
    except spool.Missing as error:
        return Examined(file.path, f"{error}. Upload this file again.", code="format.missing")
    reading = _progress(examination, f"Reading {file.path}", before)
    found = examine(target, path=file.path, extra=file_names(), progress=reading)
    if found.problem and examination.digests[file.path] != file.sha256:
        return replace(found, problem=found.problem + CHANGED)
    return found


def _progress(examination: Examination, what: str, before: int) -> Callable[[int], None]:
    return lambda done: examination.progress(what, before + done, examination.size)


def _line(examination: Examination, found: Examined) -> dict[str, Any]:
    return {
        "path": found.path,
        "format": found.format,
        "problem": found.problem,
        "code": found.code,
        "would_have_run": list(found.calls),
        "sha256": examination.digests.get(found.path, ""),
    }


def check_digests(examination: Examination) -> Outcome:
    """The bytes received have the SHA-256 that was declared."""
    for file in examination.files:
        received = examination.digests[file.path]
        if received != file.sha256:
            raise CheckFailed(
                f"{file.path}: received bytes have the SHA-256 {received[:16]}…, declared was "
                f"{file.sha256[:16]}…. Upload this file again, or declare its real digest.",
                code="digest.differs",
                path=file.path,
                received=received,
                declared=file.sha256,
            )
    digest = root_digest(examination.digests.items())
    summary = f"{len(examination.files)} digests agree; together they are {digest[:12]}."
    return Outcome(summary, {"root_digest": digest, "files": examination.digests})
