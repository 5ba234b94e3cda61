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


class GrantKind(models.TextChoices):
    """Why credit was given."""

    WELCOME = "welcome", "Welcome credit"
    OPERATOR = "operator", "Given by the operator"
    TEST_TOP_UP = "test_top_up", "Daily filling up for test keys"


class CreditGrant(TenantModel):
    """Credit that was given, and why; ``note`` says more."""

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=20, choices=GrantKind)
    amount_nano = models.BigIntegerField()
    given_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(kind="welcome"),
                name="one_welcome_per_account",
            ),
            models.UniqueConstraint(
                fields=["account", "given_on"],
                condition=models.Q(kind="test_top_up"),
                name="one_test_top_up_a_day",
            ),
            models.CheckConstraint(condition=models.Q(amount_nano__gt=0), name="grant_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account}"


class HoldState(models.TextChoices):
    """Reserve, then exactly one of capture, release and expiry."""

    OPEN = "open", "Open"
    CAPTURED = "captured", "Captured"
    RELEASED = "released", "Released"
    EXPIRED = "expired", "Expired"


class Hold(TenantModel):
    """Money reserved for one running call (``source_id`` is the prediction's id).

    It keeps what admission decided: the price, the period, and the most that may be used.
    """

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="holds")
    source_id = models.UUIDField(unique=True)
    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    price = models.ForeignKey("billing.Price", on_delete=models.PROTECT, related_name="+")
    entitlement = models.ForeignKey(
        "billing.Entitlement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    api_key_id = models.UUIDField(null=True)
    user = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    period_start = models.DateField()
    maximum_quantities = models.JSONField()
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
            ),
            models.CheckConstraint(
                condition=models.Q(state="captured") | models.Q(captured_nano=0),
                name="only_captured_holds_cost",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=models.Q(state="open"), name="open_holds")
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.amount_nano}"


class KeySpending(TenantModel):
    """What calls with one key cost so far, and what its running calls may still cost."""

    api_key_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    spent_nano = models.BigIntegerField(default=0)
    held_nano = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key_id", "currency"], name="one_spending_per_key"),
            models.CheckConstraint(
                condition=models.Q(spent_nano__gte=0) & models.Q(held_nano__gte=0),
                name="key_spending_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent_nano} {self.currency} with {self.api_key_id}"
