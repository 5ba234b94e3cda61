"""A binding price before the call."""

from django.db import models

from accounts.models import TenantModel
from marketplace.core.money import format_money


class Quote(TenantModel):
    """A firm ceiling for one call with one input, valid until ``expires_at``.

    ``used_by`` is the prediction that took it.
    """

    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    price = models.ForeignKey("billing.Price", on_delete=models.PROTECT, related_name="+")
    input_digest = models.CharField(max_length=64)
    expected_quantities = models.JSONField()
    maximum_quantities = models.JSONField()
    expected_nano = models.BigIntegerField()
    maximum_nano = models.BigIntegerField()
    lines = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    used_by = models.UUIDField(null=True, blank=True, unique=True)

    def __str__(self) -> str:
        return f"at most {format_money(self.maximum_nano, self.price.currency)}"
