"""How much: plans, prices, entitlements, credit, holds, quotes, usage."""

from billing.models.credit import CreditAccount, CreditGrant, Hold, HoldState
from billing.models.entitlement import Entitlement, EntitlementState
from billing.models.plan import Plan, PlanKind, Price
from billing.models.quote import Quote
from billing.models.usage import UsageEvent, UsageTotal

__all__ = [
    "CreditAccount",
    "CreditGrant",
    "Entitlement",
    "EntitlementState",
    "Hold",
    "HoldState",
    "Plan",
    "PlanKind",
    "Price",
    "Quote",
    "UsageEvent",
    "UsageTotal",
]
