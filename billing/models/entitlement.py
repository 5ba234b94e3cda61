"""The right of an organization to call a listing."""

from django.db import models

from accounts.models import TenantModel


class EntitlementState(models.TextChoices):
    """Whether calls are allowed under it."""

    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


class EndReason(models.TextChoices):
    """Why an entitlement ended."""

    CANCELED = "canceled", "Canceled"
    REPLACED = "replaced", "Replaced by another plan"
    UNPAID = "unpaid", "The credit did not cover the next period"


class Entitlement(TenantModel):
    """A buyer's right to call a listing under a plan; ``organization`` is the buyer.

    Months are counted from ``anchor_on``. ``period_ends_on`` is set while something is due
    at the end of the running period; ``ends_at`` once it is canceled but still paid for.
    """

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
    anchor_on = models.DateField()
    period_ends_on = models.DateField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "listing"],
                condition=models.Q(state="active"),
                name="one_active_entitlement",
            )
        ]
        indexes = [
            models.Index(
                fields=["period_ends_on"],
                condition=models.Q(state="active"),
                name="periods_to_close",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.plan}"


class FeeKind(models.TextChoices):
    """What is due besides single calls."""

    BASE = "base", "Subscription fee"
    LICENSE = "license", "License fee"
    TRUE_UP = "true_up", "Minimum commitment not used"
    VOLUME = "volume", "Volume price settled"


class Fee(TenantModel):
    """An amount of a plan that is not a call's, charged once for its period.

    A negative amount is given back (volume prices that the period's total made lower).
    """

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="fees")
    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("billing.Plan", on_delete=models.PROTECT, related_name="+")
    price = models.ForeignKey("billing.Price", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=FeeKind)
    period_start = models.DateField()
    period_end = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount_nano = models.BigIntegerField()
    charged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "plan", "kind", "period_start"], name="fee_once_per_period"
            )
        ]
        indexes = [models.Index(fields=["organization", "-charged_at"], name="fees_by_payer")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.period_start}"
