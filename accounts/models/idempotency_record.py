"""The first answer to a request that names an Idempotency-Key."""

from django.db import models

from accounts.models.tenancy import TenantModel


class IdempotencyRecord(TenantModel):
    """One key of one organization: in flight until ``status`` is set, then replayed."""

    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    attempt = models.PositiveSmallIntegerField(default=1)
    locked_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"", help_text="Sealed.")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="one_record_per_key")
        ]

    def __str__(self) -> str:
        return self.key
