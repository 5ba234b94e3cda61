"""Runs suites on versions, signs what came out, and runs them again on request."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from catalog import selectors as catalog
from catalog.services import listings
from governance import dispatch
from governance.errors import EvaluationFailed, NotReproducible
from governance.models import Evidence
from governance.services.environment import environment
from governance.services.performance import PERFORMANCE, measure
from governance.suites import SUITES, dataset_digest, rows_of, suite_digest, suites_for
from governance.types import Metric, Scored, Suite
from inference.services.execution import run_unmetered
from marketplace.core.canonical import json_digest, without_nul
from marketplace.core.clock import now
from marketplace.core.signing import STATEMENT_TYPE, sign_statement

if TYPE_CHECKING:
    from catalog.models import Version

PREDICATE_TYPE = "https://stoa.dev/attestations/evaluation/v1"


def evaluate_version(
    version_id: str, *, suites: Sequence[str] | None = None, by: Caller | None = None
) -> list[Evidence]:
    """Run the suites that fit a version (or those named) and its performance profile.

    Raises ``EvaluationFailed`` when the model fails on a row; nothing is recorded then for
    that suite.
    """
    version = catalog.get_version(version_id)
    task = version.listing.task
    chosen = (
        [SUITES[name] for name in suites]
        if suites is not None
        else suites_for(task, version.signature)
    )
    evidence = [run_suite(version, suite, by=by) for suite in chosen]
    evidence.append(profile_performance(version, by=by))
    measured = Evidence.objects.filter(version__listing=version.listing, reproduces=None).count()
    listings.record_facets(listing_id=version.listing_id, measured_count=measured)
    return evidence


def run_suite(
    version: "Version",
    suite: Suite,
    *,
    by: Caller | None = None,
    reproduces: Evidence | None = None,
) -> Evidence:
    """Run one suite on one version and keep the signed result."""
    started = now()
    rows = rows_of(suite)
    outputs = _outputs(version, suite, [suite.to_input(row) for row in rows])
    scored = suite.score(rows, outputs)
    return _keep(
        version,
        kind=suite.kind,
        suite={"id": suite.id, "version": suite.version, "digest": suite_digest(suite.id)},
        dataset={
            "name": suite.dataset,
            "digest": dataset_digest(suite.dataset),
            "rows": len(rows),
        },
        scored=scored,
        output_digest=json_digest(outputs),
        started=started,
        by=by,
        reproduces=reproduces,
    )


def profile_performance(version: "Version", *, by: Caller | None = None) -> Evidence:
    """Measure latency on this machine with the signature's own example."""
    started = now()
    scored = measure(catalog.version_ref(version), version.signature)
    return _keep(
        version,
        kind="performance",
        suite=PERFORMANCE,
        dataset={"name": "signature example", "digest": json_digest(version.signature), "rows": 1},
        scored=scored,
        output_digest="",
        started=started,
        by=by,
    )


def reproduce(evidence: Evidence, *, by: Caller | None = None) -> Evidence:
    """Run a result's suite again from its record; ``agrees`` tells whether it is the same."""
    suite = SUITES[evidence.suite]
    return run_suite(evidence.version, suite, by=by, reproduces=evidence)


def request_reproduction(*, by: Caller, evidence: Evidence) -> None:
    """Queue a second run of a result; raises ``NotReproducible`` for a latency profile."""
    by.require("predictions.run")
    if evidence.suite not in SUITES:
        raise NotReproducible(suite=evidence.suite)
    with transaction.atomic():
        audit.record("evidence.reproduce", by=by, target=evidence)
        dispatch.reproduce(str(evidence.pk))


def agrees(first: Evidence, second: Evidence, *, tolerance: float = 1e-6) -> bool:
    """Tell whether two runs gave the same outputs, or metrics within ``tolerance``."""
    if first.output_digest == second.output_digest:
        return True
    pairs = zip(first.metrics["metrics"], second.metrics["metrics"], strict=True)
    return all(math.isclose(a["value"], b["value"], abs_tol=tolerance) for a, b in pairs)


def _outputs(version: "Version", suite: Suite, inputs: Sequence[dict[str, Any]]) -> list[Any]:
    results = run_unmetered(catalog.version_ref(version), inputs)
    for number, result in enumerate(results):
        if isinstance(result, Exception):
            raise EvaluationFailed(suite=suite.id, row=number + 1, reason=str(result))
    return [result.output for result in results if not isinstance(result, Exception)]


@transaction.atomic
def _keep(
    version: "Version",
    *,
    kind: str,
    suite: dict[str, Any],
    dataset: dict[str, Any],
    scored: Scored,
    output_digest: str,
    started: datetime,
    by: Caller | None,
    reproduces: Evidence | None = None,
) -> Evidence:
    predicate: dict[str, Any] = {
        "suite": suite,
        "dataset": dataset,
        "environment": environment(),
        "metrics": [_finite(metric).as_dict() for metric in scored.metrics],
        "outputs": {"sha256": output_digest},
        "startedOn": started.isoformat(),
        "finishedOn": now().isoformat(),
    }
    statement = _statement(version, predicate)
    evidence = Evidence.objects.create(
        version=version,
        kind=kind,
        suite=suite["id"],
        suite_digest=suite["digest"],
        dataset_digest=dataset["digest"],
        environment_digest=predicate["environment"]["digest"],
        output_digest=output_digest,
        metrics={"metrics": predicate["metrics"]},
        report=without_nul(scored.report),
        statement=statement,
        envelope=sign_statement(statement),
        digest=json_digest(statement),
        reproduces=reproduces,
    )
    audit.record(
        "evidence.record",
        by=by,
        target=evidence,
        organization=version.organization,
        suite=suite["id"],
        version=version.digest,
    )
    return evidence


def _statement(version: "Version", predicate: dict[str, Any]) -> dict[str, Any]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": str(version), "digest": {"sha256": version.digest}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }


def _finite(metric: Metric) -> Metric:
    if not math.isfinite(metric.value):
        raise EvaluationFailed(suite=metric.name, row=0, reason="the metric is not a number")
    return metric
