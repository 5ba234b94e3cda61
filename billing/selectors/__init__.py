"""Every shaped read of billing."""

from billing.selectors.costs import CostBreakdown, CostLine, cost_of
from billing.selectors.credit import CreditView, credit_of, spent_with_key
from billing.selectors.plans import PlanView, plan_for, plans_for
from billing.selectors.prices import entitlement_for
from billing.selectors.subscriptions import subscription_views, subscriptions_of
from billing.selectors.usage import UsagePage, UsageRange, usage_page, usage_range

__all__ = [
    "CostBreakdown",
    "CostLine",
    "CreditView",
    "PlanView",
    "UsagePage",
    "UsageRange",
    "cost_of",
    "credit_of",
    "entitlement_for",
    "plan_for",
    "plans_for",
    "spent_with_key",
    "subscription_views",
    "subscriptions_of",
    "usage_page",
    "usage_range",
]
