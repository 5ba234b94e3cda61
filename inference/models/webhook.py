"""Reports of predictions to addresses that buyers gave."""

from django.db import models

from accounts.models import Organization, TenantModel
from marketplace.core.models import BaseModel


class WebhookSecret(BaseModel):
    """The signing secret of an organization (``whsec_…``, Standard Webhooks)."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="+")
    secret = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"webhook secret of {self.organization}"


class WebhookDelivery(TenantModel):
    """One event to one address, with its tries; ``id`` is the ``webhook-id`` header.

    ``payload`` holds the exact bytes that are signed; it goes once it is delivered, given up,
    or the bodies of the prediction are removed.
    """

    prediction = models.ForeignKey(
        "inference.Prediction", on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.CharField(max_length=12)
    url = models.URLField(max_length=2000)
    payload = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, db_index=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["prediction", "event"], name="one_delivery_per_event")
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.url}"
