"""The page that says what a plan costs before it is begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from accounts.types import Caller
from billing.pricing import Tariff, in_nano
from billing.selectors.credit import CreditView, credit_of
from billing.selectors.plans import PlanView, plans_for
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.ui import Crumb, Pair

if TYPE_CHECKING:
    from catalog.models import Listing


@dataclass(frozen=True, slots=True)
class SubscribePage:
    """A plan, what is due now, what there is to pay it with, and what it replaces."""

    plan: PlanView
    crumbs: Sequence[Crumb]
    facts: Sequence[Pair]
    credit: CreditView
    due: Money
    is_covered: bool
    replaces: str
    replaces_note: str


def subscribe_page(listing: "Listing", by: Caller, code: str) -> SubscribePage:
    """Prepare the page; raises ``NotFound``."""
    plans = plans_for(listing, by)
    plan = next((one for one in plans if one.code == code), None)
    if plan is None:
        raise NotFound(kind="plan")
    current = next((one for one in plans if one.is_current and one.code != code), None)
    credit = credit_of(by.organization, currency=plan.currency)
    due = Money(_due(plan.tariff), plan.currency)
    return SubscribePage(
        plan=plan,
        crumbs=_crumbs(listing, plan),
        facts=_facts(by, plan, due),
        credit=credit,
        due=due,
        is_covered=due.nano <= credit.free.nano,
        replaces=current.name if current else "",
        replaces_note=_what_is_lost(current.tariff) if current else "",
    )


def _due(tariff: Tariff) -> int:
    fees = [tariff.recurring.fee] if tariff.recurring else []
    fees += [tariff.license.fee] if tariff.license else []
    return sum(in_nano(Fraction(fee), tariff.currency) for fee in fees)


def _crumbs(listing: "Listing", plan: PlanView) -> list[Crumb]:
    url = listing.get_absolute_url()
    return [Crumb(listing.name, url), Crumb("Pricing", f"{url}pricing/"), Crumb(plan.name)]


def _facts(by: Caller, plan: PlanView, due: Money) -> list[Pair]:
    facts = [
        Pair("For", by.organization.name),
        Pair("Kind", plan.kind_label),
        Pair("Price", plan.price_line, note=f"Price {plan.price_number}, in force now"),
        Pair("Due now", str(due) if due.nano else "Nothing"),
        Pair("Ends", _end_in_words(plan.tariff)),
    ]
    if plan.next_price_at:
        note = f"from {plan.next_price_at:%Y-%m-%d}"
        facts.insert(3, Pair("Price announced", plan.next_price_line, note=note))
    return facts


def _end_in_words(tariff: Tariff) -> str:
    if not tariff.closes_periods:
        return "When you cancel; at once"
    if tariff.recurring and tariff.recurring.months == 12:
        return "When you cancel; at the end of the paid year"
    return "When you cancel; at the end of the running month"


def _what_is_lost(tariff: Tariff) -> str:
    if tariff.minimum is not None:
        return "What its minimum commitment lacks for this month is charged now."
    if tariff.recurring:
        return "What is left of its paid period is not paid back."
    return "Nothing is lost: calls up to now keep their price."
