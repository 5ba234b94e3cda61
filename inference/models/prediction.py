"""One call, from admission to its trace."""

from django.db import models

from accounts.models import TenantModel
from marketplace.core.money import Money


class PredictionStatus(models.TextChoices):
    """The life of a call; the last three are final."""

    STARTING = "starting", "Starting"
    PROCESSING = "processing", "Processing"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


FINAL = frozenset({PredictionStatus.SUCCEEDED, PredictionStatus.FAILED, PredictionStatus.CANCELED})


class Prediction(TenantModel):
    """The queue of record and the trace of one call; ``organization`` is the buyer.

    A worker claims a row by raising ``attempt`` and setting ``lease_until``; only the
    holder of the present attempt may finish it.
    """

    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("catalog.Version", on_delete=models.PROTECT, related_name="+")
    version_digest = models.CharField(max_length=64)
    channel = models.CharField(max_length=40, blank=True)
    runtime = models.CharField(max_length=40)
    runtime_digest = models.CharField(max_length=64, blank=True)
    pool = models.CharField(max_length=40, default="cpu")
    worker = models.CharField(max_length=120, blank=True)
    device = models.CharField(max_length=60, blank=True)

    api_key = models.ForeignKey(
        "accounts.ApiKey", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    source = models.CharField(max_length=20, default="api")
    mode = models.CharField(max_length=8, default="sync")
    request_id = models.CharField(max_length=64, blank=True)
    is_test = models.BooleanField(default=False)
    metadata = models.JSONField(default=dict, blank=True)

    status = models.CharField(
        max_length=12, choices=PredictionStatus, default=PredictionStatus.STARTING
    )
    input = models.JSONField(null=True)
    output = models.JSONField(null=True)
    error = models.JSONField(null=True)
    finish_reason = models.CharField(max_length=12, blank=True)
    input_digest = models.CharField(max_length=64)
    output_digest = models.CharField(max_length=64, blank=True)
    bodies_until = models.DateTimeField(null=True)
    bodies_removed_at = models.DateTimeField(null=True)

    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    timings_ms = models.JSONField(default=dict, blank=True)

    usage = models.JSONField(default=dict, blank=True)
    price_id = models.UUIDField(null=True)
    entitlement_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    cost_nano = models.BigIntegerField(null=True)

    webhook_url = models.URLField(max_length=2000, blank=True)
    webhook_events = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="predictions_of_buyer"),
            models.Index(fields=["status", "lease_until"], name="predictions_to_sweep"),
            models.Index(fields=["listing", "-created_at"], name="predictions_of_listing"),
            models.Index(fields=["-completed_at"], name="predictions_by_end"),
            models.Index(
                fields=["bodies_until"],
                condition=models.Q(bodies_removed_at__isnull=True),
                name="bodies_to_remove",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def get_absolute_url(self) -> str:
        return f"/predictions/{self.pk}/"

    @property
    def cost(self) -> Money | None:
        """What a finished call cost."""
        if self.cost_nano is None or not self.currency:
            return None
        return Money(self.cost_nano, self.currency)

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in FINAL


class PredictionPiece(models.Model):
    """Pieces of a streamed output in their order, for those who follow from elsewhere.

    Written a few times a second while the run streams; removed with the other bodies.
    """

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="pieces")
    sequence = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField()
    content = models.JSONField()

    class Meta:
        ordering = ("sequence",)
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "attempt", "sequence"], name="piece_once_per_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sequence} of {self.prediction_id}"
