"""Making: submissions, their files and their checks."""

from authoring.models.check import Check, CheckKind, CheckState
from authoring.models.submission import Submission, SubmissionFile, SubmissionState

__all__ = [
    "Check",
    "CheckKind",
    "CheckState",
    "Submission",
    "SubmissionFile",
    "SubmissionState",
]
