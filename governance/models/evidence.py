"""Signed, reproducible results about a version."""

from django.db import models

from marketplace.core.models import BaseModel


class EvidenceKind(models.TextChoices):
    """What was examined."""

    EVALUATION = "evaluation", "Evaluation"
    FAIRNESS = "fairness", "Fairness"
    PERFORMANCE = "performance", "Performance"
    SCAN = "scan", "Scan"
    PROVENANCE = "provenance", "Provenance"


class Evidence(BaseModel):
    """One run of one suite on one version, signed as a DSSE envelope.

    ``statement`` is an in-toto Statement v1 whose subject is the version's digest;
    ``digest`` is the SHA-256 of its canonical JSON.
    """

    version = models.ForeignKey("catalog.Version", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=EvidenceKind)
    suite = models.CharField(max_length=80)
    suite_digest = models.CharField(max_length=64)
    dataset_digest = models.CharField(max_length=64, blank=True)
    environment_digest = models.CharField(max_length=64)
    output_digest = models.CharField(max_length=64, blank=True)
    metrics = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    statement = models.JSONField()
    envelope = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    reproduces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reproductions"
    )

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["version", "kind"], name="evidence_of_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.suite} of {self.version}"
