"""The pages of subscriptions."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.types import Caller
from billing.models import Entitlement
from billing.selectors.credit import CreditView, credit_of
from billing.selectors.plans import PlanView, view_of
from billing.selectors.prices import price_for
from billing.selectors.subscriptions import (
    SubscriptionView,
    subscription_views,
    subscriptions_of,
)
from marketplace.core import clock
from marketplace.core.ui import Crumb, Pair

CANCEL_NOW = "Calls with this organization's keys are refused at once. What they cost stays."
CANCEL_LATER = (
    "Calls go on working until the end of the period that is paid for; nothing is charged after it."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription, and what can be done with it."""

    shown: SubscriptionView
    can_cancel: bool
    cancel_text: str
    url: str
    cancel_url: str

    @property
    def key(self) -> str:
        """Return what tells its dialog from others."""
        return str(self.shown.id)


@dataclass(frozen=True, slots=True)
class SubscriptionsPage:
    """Everything the list shows."""

    active: Sequence[Row]
    ended: Sequence[Row]
    credit: CreditView


def subscriptions_page(by: Caller) -> SubscriptionsPage:
    """Prepare the list."""
    rows = [_row(by, one) for one in subscription_views(subscriptions_of(by.organization)[:200])]
    return SubscriptionsPage(
        active=[row for row in rows if row.shown.state == "active"],
        ended=[row for row in rows if row.shown.state != "active"],
        credit=credit_of(by.organization),
    )


def _row(by: Caller, one: SubscriptionView) -> Row:
    url = f"/subscriptions/{one.id}/"
    is_open = one.state == "active" and one.ends_at is None
    text = CANCEL_LATER if one.renews_on else CANCEL_NOW
    return Row(one, is_open and by.can("billing.manage"), text, url, f"{url}cancel/")


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """Everything the page of one subscription shows."""

    row: Row
    plan: PlanView
    crumbs: Sequence[Crumb]
    facts: Sequence[Pair]


def subscription_page(by: Caller, entitlement: Entitlement) -> SubscriptionPage:
    """Prepare the page of one subscription."""
    shown = subscription_views([entitlement])[0]
    now = clock.now()
    is_active = shown.state == "active"
    price = price_for(entitlement, now) if is_active else entitlement.price
    return SubscriptionPage(
        row=_row(by, shown),
        plan=view_of(entitlement.plan, price, now, entitlement),
        crumbs=[Crumb("Subscriptions", "/subscriptions/"), Crumb(shown.listing_name)],
        facts=_facts(shown),
    )


def _facts(shown: SubscriptionView) -> list[Pair]:
    facts = [
        Pair("Model", shown.model, copy=True),
        Pair("Plan", shown.plan_name, note=shown.kind_label),
        Pair("Price", shown.price_line, note=f"Price {shown.price_number}"),
        Pair("Since", f"{shown.started_at:%Y-%m-%d}"),
    ]
    if shown.renews_on:
        facts.append(Pair("Next period", f"{shown.renews_on:%Y-%m-%d}"))
    if shown.ends_at and shown.state == "active":
        facts.append(Pair("Ends", f"{shown.ends_at:%Y-%m-%d}", note="canceled"))
    if shown.ended_at:
        facts.append(Pair("Ended", f"{shown.ended_at:%Y-%m-%d}", note=shown.end_reason))
    return facts
