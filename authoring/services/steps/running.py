"""What the files do: loaded and run in a confined process, signed, evaluated."""

from pathlib import Path

from authoring.errors import CheckFailed
from authoring.services.evaluating import evaluate
from authoring.services.examination import Examination
from authoring.services.signing import sign
from authoring.types import Outcome
from catalog import selectors as catalog
from inference.artifacts import MissingArtifact, TamperedArtifact, materialize
from inference.services.execution import probe_in_bounded_process
from inference.types import ProbeReport
from marketplace.core.ui import readable_bytes, readable_ms

MEBIBYTE = 1 << 20
SMALLEST_MEMORY_MB = 2048
SHORTEST_SECONDS = 90
NOT_LOADED = frozenset({"start", "signature", "load"})


def check_load(examination: Examination) -> Outcome:
    """The weights load in a process that may use little, and nothing of the network."""
    report = examination.probe = _probe(examination)
    if not report.passed and report.stage in NOT_LOADED:
        raise CheckFailed(f"It does not load: {_sentence(report.reason)}", stage=report.stage)
    network = "without network" if report.is_network_cut else "with bounded means"
    return Outcome(
        f"Loaded in {readable_ms(report.load_ms)} {network}; "
        f"{readable_bytes(report.memory_bytes)} of weights.",
        {
            "load_ms": report.load_ms,
            "memory_bytes": report.memory_bytes,
            "peak_mb": report.peak_mb,
            "is_network_cut": report.is_network_cut,
        },
    )


def _probe(examination: Examination) -> ProbeReport:
    size_mb = examination.size // MEBIBYTE
    seconds = SHORTEST_SECONDS + size_mb // 50
    base = _folder_of_base(examination)
    return probe_in_bounded_process(
        examination.folder,
        timeout_s=seconds,
        memory_mb=SMALLEST_MEMORY_MB + 4 * (size_mb + _megabytes_in(base)),
        base=base,
    )


def _folder_of_base(examination: Examination) -> Path | None:
    submission = examination.submission
    if submission.base_version is None or submission.relation != "adapter":
        return None
    try:
        return materialize(catalog.version_ref(submission.base_version))
    except (MissingArtifact, TamperedArtifact) as error:
        raise CheckFailed(f"The base cannot be loaded: {error}") from None


def _megabytes_in(folder: Path | None) -> int:
    if folder is None:
        return 0
    return sum(path.stat().st_size for path in folder.iterdir()) // MEBIBYTE


def check_probe(examination: Examination) -> Outcome:
    """The version's own example runs there, and its answer fits its output schema."""
    report = examination.probe
    if report is None or not report.passed:
        reason = _sentence(report.reason if report else "it was not loaded")
        raise CheckFailed(f"Its example does not run: {reason}")
    measured = ", ".join(f"{meter} {amount}" for meter, amount in sorted(report.usage.items()))
    return Outcome(
        f"The example ran in {readable_ms(report.run_ms)} and measured {measured}.",
        {"run_ms": report.run_ms, "usage": report.usage, "peak_mb": report.peak_mb},
    )


def check_signature(examination: Examination) -> Outcome:
    """The version is stored, and its manifest signed with the operator's key."""
    version = sign(examination)
    return Outcome(
        f"Version {version.number} is signed; its digest is {version.short_digest}.",
        {"digest": version.digest, "version": str(version.pk)},
    )


def check_evaluation(examination: Examination) -> Outcome:
    """The signed version answers the same twice, and the platform's suites run on it."""
    version = examination.submission.version
    if version is None:
        raise CheckFailed("There is no signed version to evaluate.")
    return evaluate(version)


def _sentence(reason: str) -> str:
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."
