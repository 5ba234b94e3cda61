"""Runs that nobody pays for: evaluations and probes of the platform itself."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.conf import settings

from catalog.types import VersionRef
from inference.runtimes.base import RunRequest, RunResult
from inference.services.engines import engine
from inference.types import ProbeReport

GRACE_SECONDS = 5.0
IN_FLIGHT = 64
SIGNALS = {-9: "it was killed, most likely for its memory", -24: "it used up its processor time"}


def run_unmetered(
    ref: VersionRef, inputs: Sequence[Mapping[str, Any]], *, timeout_s: float = 600.0
) -> list[RunResult | Exception]:
    """Run inputs on a version in this process; one result, or one exception, for each.

    ``timeout_s`` bounds each single input from when it is queued.
    """
    results: list[RunResult | Exception] = []
    for start in range(0, len(inputs), IN_FLIGHT):
        futures = [
            engine().submit(ref, RunRequest(id=uuid4().hex, input=one), timeout_s=timeout_s)
            for one in inputs[start : start + IN_FLIGHT]
        ]
        for future in futures:
            try:
                results.append(future.result(timeout_s + GRACE_SECONDS))
            except Exception as error:  # each input's failure is its own result
                results.append(error)
    return results


def probe_in_bounded_process(
    folder: Path, *, timeout_s: float = 60.0, memory_mb: int = 2048, base: Path | None = None
) -> ProbeReport:
    """Load the version in ``folder`` and run its example in a confined process.

    ``base`` is the folder of the base of an adapter.
    """
    command = [sys.executable, "-m", "inference.engine.probe", str(folder.resolve())]
    command += ["--memory-mb", str(memory_mb), "--seconds", str(max(1, round(timeout_s)))]
    if base is not None:
        command += ["--base", str(base.resolve())]
    with tempfile.TemporaryFile() as errors:
        try:
            done = subprocess.run(  # noqa: S603 - the command is ours, the folder an argument
                command,
                cwd=settings.BASE_DIR,
                env={"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                timeout=timeout_s + GRACE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ProbeReport(False, "start", f"It did not finish within {timeout_s:g} s.")
        return _report(done, errors)


def _report(done: "subprocess.CompletedProcess[bytes]", errors: IO[bytes]) -> ProbeReport:
    try:
        found = json.loads(done.stdout)
    except ValueError:
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        reason = SIGNALS.get(done.returncode, last[:500] or f"it ended with {done.returncode}")
        return ProbeReport(False, "start", f"The probe ended early: {reason}.")
    return ProbeReport(
        passed=found["passed"],
        stage=found.get("stage", "start"),
        reason=found.get("reason", ""),
        signature=found.get("signature", {}),
        output=found.get("output"),
        usage=found.get("usage", {}),
        memory_bytes=found.get("memory_bytes", 0),
        load_ms=found.get("load_ms", 0.0),
        run_ms=found.get("run_ms", 0.0),
        peak_mb=found.get("peak_mb", 0),
        is_network_cut=found.get("is_network_cut", False),
    )
