"""Measured quantities and what they cost."""

from django.db import models

from accounts.models import TenantModel


class UsageEvent(TenantModel):
    """The measured usage of one finished prediction, rated once; ``organization`` pays.

    ``lines`` opens the cost into its parts: each with meter, quantity, unit price and
    amount in nano-units; their sum is ``cost_nano``.
    """

    prediction_id = models.UUIDField(unique=True)
    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("catalog.Version", on_delete=models.PROTECT, related_name="+")
    entitlement = models.ForeignKey(
        "billing.Entitlement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    price = models.ForeignKey("billing.Price", on_delete=models.PROTECT, related_name="+")
    api_key_id = models.UUIDField(null=True, blank=True)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    quantities = models.JSONField()
    currency = models.CharField(max_length=3)
    cost_nano = models.BigIntegerField()
    lines = models.JSONField()
    is_test = models.BooleanField(default=False)
    period_start = models.DateField()
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(cost_nano__gte=0), name="cost_not_negative")
        ]
        indexes = [
            models.Index(fields=["organization", "-occurred_at"], name="usage_by_payer"),
            models.Index(fields=["listing", "-occurred_at"], name="usage_by_listing"),
        ]

    def __str__(self) -> str:
        return f"usage of {self.prediction_id}"


class UsageTotal(TenantModel):
    """What an organization used of a plan's meter in a period, for tiers and allowances.

    ``open_quantity`` is the most that calls still running may add; ``charged_nano`` is what
    the meter's lines came to so far.
    """

    plan = models.ForeignKey("billing.Plan", on_delete=models.PROTECT, related_name="+")
    meter = models.CharField(max_length=40)
    period_start = models.DateField()
    is_test = models.BooleanField(default=False)
    quantity = models.BigIntegerField(default=0)
    open_quantity = models.BigIntegerField(default=0)
    charged_nano = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "plan", "meter", "period_start", "is_test"],
                name="one_total_per_period",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=0) & models.Q(open_quantity__gte=0),
                name="totals_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.meter}"
