"""What a buyer can choose, and its dated prices."""

from typing import Any

from django.db import models

from accounts.models import TenantModel
from accounts.models.organization import slug_is_plain
from billing.errors import PriceIsFixed
from marketplace.core.models import BaseModel


class PlanKind(models.TextChoices):
    """How a plan is sold."""

    FREE = "free", "Free"
    PAY_AS_YOU_GO = "payg", "Pay as you go"
    SUBSCRIPTION = "subscription", "Subscription"
    COMMITMENT = "commitment", "Commitment"
    LICENSE = "license", "One-off license"
    PRIVATE_OFFER = "private", "Private offer"


class Plan(TenantModel):
    """A way to buy a listing; ``organization`` is the author's.

    ``buyer`` is set on a private offer, which only that organization sees.
    """

    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, validators=[slug_is_plain])
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=240, blank=True)
    terms = models.TextField(max_length=5000, blank=True)
    kind = models.CharField(max_length=12, choices=PlanKind)
    buyer = models.ForeignKey(
        "accounts.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "name")
        constraints = [
            models.UniqueConstraint(fields=["listing", "code"], name="plan_code_once"),
            models.CheckConstraint(
                condition=models.Q(kind="private", buyer__isnull=False)
                | (~models.Q(kind="private") & models.Q(buyer__isnull=True)),
                name="private_offers_have_a_buyer",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceQuerySet(models.QuerySet["Price"]):
    """Rows that are only ever added; the database refuses an update as well."""

    def update(self, **changes: Any) -> int:
        """Refuse."""
        raise PriceIsFixed

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise PriceIsFixed


class Price(BaseModel):
    """An immutable dated tariff of a plan; a new price is a new row.

    ``tariff`` is the JSON form of ``billing.pricing.Tariff``; ``content_digest`` is the
    SHA-256 of its canonical JSON.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="prices")
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    tariff = models.JSONField()
    content_digest = models.CharField(max_length=64)
    effective_from = models.DateTimeField()

    objects = PriceQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_from",)
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="price_number_once"),
            models.UniqueConstraint(fields=["plan", "effective_from"], name="price_date_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} price {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raises ``PriceIsFixed`` for one that is there already."""
        if not self._state.adding:
            raise PriceIsFixed
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise PriceIsFixed
