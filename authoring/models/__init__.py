"""Making: submissions, their files and their checks."""

from authoring.models.check import Check, CheckKind, CheckState
from authoring.models.submission import (
    IN_PROGRESS,
    Submission,
    SubmissionFile,
    SubmissionState,
    UploadPart,
)

__all__ = [
    "IN_PROGRESS",
    "Check",
    "CheckKind",
    "CheckState",
    "Submission",
    "SubmissionFile",
    "SubmissionState",
    "UploadPart",
]
