"""The pricing tab of a listing: its plans, and the calculator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from accounts.types import Caller
from billing.errors import AmountTooLarge
from billing.forms.usage import CalculatorForm
from billing.selectors.estimates import Estimate, estimates, meter_inputs
from billing.selectors.plans import PlanView, plans_for
from catalog.selectors import is_member

if TYPE_CHECKING:
    from catalog.models import Listing


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan and what the viewer can do with it."""

    plan: PlanView
    action: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Calculator:
    """The questions, and what the answers come to under each plan."""

    url: str
    form: CalculatorForm
    estimates: Sequence[Estimate]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PricingTab:
    """Everything the pricing tab shows."""

    listing: "Listing"
    cards: Sequence[PlanCard]
    calculator: Calculator | None
    manage_url: str


def pricing_tab(
    listing: "Listing", viewer: Caller | None, answers: Mapping[str, str] | None = None
) -> PricingTab:
    """Prepare the pricing tab; include ``billing/_pricing.html`` with it as ``pricing``."""
    # A page's viewer is lazy: false when nobody is signed in, and never the object None.
    viewer = viewer or None
    plans = plans_for(listing, viewer)
    is_own = is_member(listing, viewer)
    return PricingTab(
        listing=listing,
        cards=[_card(listing, plan, viewer, has_plan=_has_plan(plans)) for plan in plans],
        calculator=calculator(listing, plans, answers or {}) if plans else None,
        manage_url=f"/desk/listings/{listing.slug}/plans/" if is_own else "",
    )


def _has_plan(plans: Sequence[PlanView]) -> bool:
    return any(plan.is_current for plan in plans)


def _card(listing: "Listing", plan: PlanView, viewer: Caller | None, *, has_plan: bool) -> PlanCard:
    url = f"{listing.get_absolute_url()}plans/{plan.code}/subscribe/"
    if plan.is_current:
        return PlanCard(plan, "current", f"/subscriptions/{plan.entitlement_id}/")
    if viewer is None:
        signing_in = f"/accounts/login/?{urlencode({'next': url})}"
        return PlanCard(plan, "sign_in", signing_in)
    if not viewer.can("billing.manage"):
        return PlanCard(plan, "ask", "", "An owner or admin of your organization can subscribe.")
    return PlanCard(plan, "switch" if has_plan else "subscribe", url)


def calculator(
    listing: "Listing", plans: Sequence[PlanView], answers: Mapping[str, str]
) -> Calculator:
    """Prepare the calculator; wrong answers are shown beside their questions."""
    inputs = meter_inputs(plans, {})
    form = CalculatorForm(inputs, answers)
    found = Calculator(f"{listing.get_absolute_url()}calculator/", form, ())
    if not form.is_valid():
        return found
    calls, per_call = form.answers()
    try:
        return replace(found, estimates=estimates(plans, per_call, calls))
    except AmountTooLarge as refusal:
        return replace(found, problem=refusal.detail)
