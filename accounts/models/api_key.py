"""Keys that programs use."""

from datetime import datetime

from django.db import models

from accounts.models.tenancy import TenantModel


class ApiKey(TenantModel):
    """A bearer key; only its SHA-256 is kept, and enough of it to be recognized."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=24, help_text="What is shown of the key in lists.")
    sha256 = models.CharField(max_length=64, unique=True)
    is_test = models.BooleanField(default=False)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    spending_cap_nano = models.BigIntegerField(null=True, blank=True)
    allowed_networks = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(spending_cap_nano__isnull=True)
                | models.Q(spending_cap_nano__gte=0),
                name="spending_cap_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def state(self, moment: datetime) -> str:
        """Return "active", "expired" or "revoked"."""
        if self.revoked_at is not None:
            return "revoked"
        is_expired = self.expires_at is not None and self.expires_at <= moment
        return "expired" if is_expired else "active"
