"""The platform's examination of a submission, step by step."""

from django.db import models

from marketplace.core.models import BaseModel


class CheckKind(models.TextChoices):
    """The steps, in order; what is evaluated is the signed version, so that comes last."""

    FORMAT = "format", "File formats"
    DIGEST = "digest", "Digests"
    STRUCTURE = "structure", "Structure"
    LOAD = "load", "Load in a bounded process"
    PROBE = "probe", "Probe"
    SIGNATURE = "signature", "Signature"
    EVALUATION = "evaluation", "Evaluation"


class CheckState(models.TextChoices):
    """How far a step is."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


class Check(BaseModel):
    """One step of the examination of one submission."""

    submission = models.ForeignKey(
        "authoring.Submission", on_delete=models.CASCADE, related_name="checks"
    )
    kind = models.CharField(max_length=12, choices=CheckKind)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=CheckState, default=CheckState.QUEUED)
    summary = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["submission", "kind"], name="check_kind_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"
