"""Prepaid credit, what is reserved of it, and where it came from."""

from django.db import models

from accounts.models import TenantModel


class CreditAccount(TenantModel):
    """An organization's credit in one currency; test money never mixes with real money.

    ``spendable = balance_nano - held_nano``; both change only by conditional updates.
    """

    currency = models.CharField(max_length=3)
    is_test = models.BooleanField(default=False)
    balance_nano = models.BigIntegerField(default=0)
    held_nano = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency", "is_test"], name="one_account_per_money"
            ),
            models.CheckConstraint(condition=models.Q(held_nano__gte=0), name="held_not_negative"),
            models.CheckConstraint(
                condition=models.Q(balance_nano__gte=models.F("held_nano")),
                name="holds_are_covered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.currency}{' (test)' if self.is_test else ''}"


class CreditGrant(TenantModel):
    """Credit that was given: welcome credit, or an operator's gift."""

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=20)
    amount_nano = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(kind="welcome"),
                name="one_welcome_per_account",
            ),
            models.CheckConstraint(condition=models.Q(amount_nano__gt=0), name="grant_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account}"


class HoldState(models.TextChoices):
    """Reserve, then capture or release."""

    OPEN = "open", "Open"
    CAPTURED = "captured", "Captured"
    RELEASED = "released", "Released"


class Hold(TenantModel):
    """Money reserved for one running call (``source_id`` is the prediction's id)."""

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="holds")
    source_id = models.UUIDField(unique=True)
    api_key_id = models.UUIDField(null=True)
    amount_nano = models.BigIntegerField()
    captured_nano = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=HoldState, default=HoldState.OPEN)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(captured_nano__gte=0)
                & models.Q(captured_nano__lte=models.F("amount_nano")),
                name="captured_within_hold",
            )
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="open_holds")]

    def __str__(self) -> str:
        return f"{self.state} {self.amount_nano}"
