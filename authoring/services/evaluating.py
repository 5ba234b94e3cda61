"""The platform's own measurements of a version, before anybody may call it."""

from typing import TYPE_CHECKING, Any

from authoring.errors import CheckFailed
from authoring.types import Outcome
from catalog import selectors as catalog
from governance.services.evaluations import evaluate_version
from inference.runtimes.base import RunResult
from inference.services.execution import run_unmetered
from marketplace.core.canonical import json_digest
from marketplace.core.errors import DomainError

if TYPE_CHECKING:
    from catalog.models import Version
    from governance.models import Evidence


def evaluate(version: "Version") -> Outcome:
    """Run the example twice, then every suite that fits; each result is kept and signed.

    Raises ``CheckFailed`` when the two answers differ or a suite cannot finish.
    """
    digest = _same_twice(version)
    try:
        evidence = evaluate_version(str(version.pk))
    except DomainError as error:
        raise CheckFailed(error.detail) from None
    latency = _latency(evidence)
    names = ", ".join(one.suite for one in evidence)
    return Outcome(
        f"The example gives the same answer twice; {_shown(latency)}; evidence: {names}.",
        {
            "output_digest": digest,
            "evidence": [str(one.pk) for one in evidence],
            "latency": latency,
        },
    )


def _same_twice(version: "Version") -> str:
    example = version.signature["example"]
    ref = catalog.version_ref(version)
    answers = [_answer(run_unmetered(ref, [example])[0]) for _ in range(2)]
    if answers[0] != answers[1]:
        raise CheckFailed(
            "The same example gave two different answers. Set a seed, or a temperature of 0."
        )
    return answers[0]


def _answer(result: RunResult | Exception) -> str:
    if isinstance(result, Exception):
        reason = getattr(result, "reason", result)  # of a load that failed
        raise CheckFailed(f"Its example does not run where it would be served: {reason}")
    return json_digest(result.output)


def _latency(evidence: "list[Evidence]") -> dict[str, Any]:
    metrics = [
        metric for one in evidence if one.kind == "performance" for metric in one.metrics["metrics"]
    ]
    return {
        metric["name"].removeprefix("latency "): {"ms": metric["value"], "n": metric["n"]}
        for metric in metrics
    }


def _shown(latency: dict[str, Any]) -> str:
    shown = [f"{name} {one['ms']:.1f} ms" for name, one in sorted(latency.items())]
    count = max((one["n"] for one in latency.values()), default=0)
    return f"{', '.join(shown)} over {count} calls"
