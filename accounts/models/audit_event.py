"""What happened, who did it, to what."""

from django.db import models

from marketplace.core.models import BaseModel


class AuditEvent(BaseModel):
    """One state change, written in the transaction that made it. Never edited."""

    organization = models.ForeignKey(
        "accounts.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=254, blank=True)
    data = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    network = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-created_at"], name="audit_by_tenant")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target_label}"
