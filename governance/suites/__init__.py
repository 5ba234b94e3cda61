"""Fixed examinations that the platform runs; each has a number that never changes meaning."""

from governance.suites.registry import SUITES, dataset_digest, rows_of, suite_digest, suites_for

__all__ = ["SUITES", "dataset_digest", "rows_of", "suite_digest", "suites_for"]
