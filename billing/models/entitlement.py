"""The right of an organization to call a listing."""

from django.db import models

from accounts.models import TenantModel


class EntitlementState(models.TextChoices):
    """Whether calls are allowed under it."""

    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


class Entitlement(TenantModel):
    """A buyer's right to call a listing under a plan; ``organization`` is the buyer."""

    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("billing.Plan", on_delete=models.PROTECT, related_name="+")
    price = models.ForeignKey("billing.Price", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=8, choices=EntitlementState, default=EntitlementState.ACTIVE
    )
    started_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "listing"],
                condition=models.Q(state="active"),
                name="one_active_entitlement",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.plan}"
