"""How much: plans, prices, entitlements, credit, holds, quotes, usage."""

from billing.models.credit import (
    CreditAccount,
    CreditGrant,
    GrantKind,
    Hold,
    HoldState,
    KeySpending,
)
from billing.models.entitlement import EndReason, Entitlement, EntitlementState, Fee, FeeKind
from billing.models.plan import Plan, PlanKind, Price
from billing.models.quote import Quote
from billing.models.usage import UsageEvent, UsageTotal

__all__ = [
    "CreditAccount",
    "CreditGrant",
    "EndReason",
    "Entitlement",
    "EntitlementState",
    "Fee",
    "FeeKind",
    "GrantKind",
    "Hold",
    "HoldState",
    "KeySpending",
    "Plan",
    "PlanKind",
    "Price",
    "Quote",
    "UsageEvent",
    "UsageTotal",
]
