"""``python -m inference.engine.probe FOLDER``: loads a version and runs its example, confined.

The process limits itself before it reads anything an author wrote: memory, processor time,
file sizes and open files, and no network where the kernel lets it go. One JSON object goes
to standard output. Plain Python; torch comes with the runtime.
"""

import argparse
import ctypes
import json
import os
import re
import resource
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from inference.runtimes.base import BadModel, LoadedModel, RunRequest, RunResult, Signature
from inference.runtimes.registry import loader_of, runtime_named

MIB = 1 << 20
# What the interpreter and torch map before a model is there: a CUDA build has large libraries.
LIBRARIES_MB = 32 * 1024
# What they write to memory of their own: heaps and the stacks of threads.
WORKING_MB = 1024
LARGEST_WRITE = MIB
OPEN_FILES = 256
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS = 38
NO_MEMORY = re.compile(r"can(no|')t allocate memory", re.IGNORECASE)


class Failed(Exception):
    """A step of the probe did not pass."""


def limit_this_process(*, memory_mb: int, seconds: int) -> None:
    """Bound what this process may use; it cannot take that back."""
    limits: dict[int, int | tuple[int, int]] = {
        resource.RLIMIT_AS: (LIBRARIES_MB + memory_mb) * MIB,
        resource.RLIMIT_DATA: (WORKING_MB + memory_mb) * MIB,
        # The signal of the soft limit says what was used up; the hard one kills without a word.
        resource.RLIMIT_CPU: (seconds, seconds + 1),
        resource.RLIMIT_FSIZE: LARGEST_WRITE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for name, limit in limits.items():
        resource.setrlimit(name, limit if isinstance(limit, tuple) else (limit, limit))


def cut_network() -> bool:
    """Move this process into a network of its own that leads nowhere; false if it may not."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return any(
            libc.unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET)
        )
    except (OSError, AttributeError):
        return False


def probe(folder: Path, base: Path | None, report: dict[str, Any]) -> None:
    """Fill ``report`` step by step; raises what stops it."""
    report["stage"] = "signature"
    signature = runtime_named(_runtime(folder)).signature(folder)
    report["signature"] = asdict(signature)
    _check_schemas(signature)
    report["stage"] = "load"
    model, report["load_ms"] = _timed(lambda: _load(folder, base))
    report["memory_bytes"] = model.memory_bytes
    report["stage"] = "run"
    request = RunRequest(id="probe", input=signature.example)
    (result, *_), report["run_ms"] = _timed(lambda: model.run([request]))
    if isinstance(result, Exception):
        raise result
    report["stage"] = "output"
    _check_output(signature, result)
    report.update(output=result.output, usage=result.usage, passed=True, stage="done")


def _runtime(folder: Path) -> str:
    try:
        return str(json.loads((folder / "config.json").read_text("utf-8"))["runtime"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise BadModel("config.json is missing or names no runtime.") from None


def _load(folder: Path, base: Path | None) -> LoadedModel:
    below = None if base is None else _load(base, None)
    return loader_of(runtime_named(_runtime(folder))).load(folder, device="cpu", base=below)


def _check_schemas(signature: Signature) -> None:
    for schema in (signature.input_schema, signature.output_schema):
        Draft202012Validator.check_schema(schema)
    for error in Draft202012Validator(signature.input_schema).iter_errors(signature.example):
        raise Failed(f"The example does not fit the input schema: {error.message[:300]}")


def _check_output(signature: Signature, result: RunResult) -> None:
    json.dumps(result.output, allow_nan=False)
    for error in Draft202012Validator(signature.output_schema).iter_errors(result.output):
        raise Failed(f"The output does not fit its schema: {error.message[:300]}")
    if unknown := sorted(set(result.usage) - set(signature.meters)):
        raise Failed(f"The run measured {', '.join(unknown)}, which the signature does not name.")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), (time.perf_counter() - started) * 1000


def _reason(error: BaseException) -> str:
    if isinstance(error, MemoryError) or NO_MEMORY.search(str(error)):
        return "It needs more memory than it may use."
    if isinstance(error, BadModel | Failed):
        return str(error)[:2000]
    return f"{type(error).__name__}: {error}"[:2000]


def main() -> None:
    """Probe the folder named on the command line and print the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--memory-mb", type=int, default=2048)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not mix with the report
    limit_this_process(memory_mb=given.memory_mb, seconds=given.seconds)
    report: dict[str, Any] = {"passed": False, "is_network_cut": cut_network()}
    try:
        probe(given.folder, given.base, report)
    except Exception as error:  # whatever stops a probe is its finding
        report["reason"] = _reason(error)
    report["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(report, answer)
    answer.close()


if __name__ == "__main__":
    main()
