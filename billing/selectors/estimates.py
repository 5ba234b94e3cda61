"""The price calculator: what a month of calls comes to under each plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from billing.pricing import Bill, Line, formula, meter_of, monthly_bill, rate
from billing.selectors.plans import PlanView
from marketplace.core.money import Money

REQUESTS = "requests"
USUAL_CALLS = 1000


@dataclass(frozen=True, slots=True)
class MeterInput:
    """A question of the calculator: how much of a meter an ordinary call uses."""

    code: str
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A month under one plan: its parts, and the arithmetic in words."""

    plan: PlanView
    bill: Bill
    call_lines: tuple[Line, ...]
    call: Money
    total: Money
    formulas: tuple[str, ...]
    is_cheapest: bool = False


def meters_of(plans: Sequence[PlanView]) -> tuple[str, ...]:
    """Return the meters that any of the plans charges for, requests left out."""
    codes = {charge.meter for plan in plans for charge in plan.charges}
    return tuple(sorted(codes - {REQUESTS}, key=_place))


def _place(code: str) -> tuple[int, str]:
    usual = ("input_tokens", "cached_tokens", "output_tokens", "input_characters")
    return (usual.index(code) if code in usual else len(usual), code)


def meter_inputs(plans: Sequence[PlanView], given: Mapping[str, int]) -> tuple[MeterInput, ...]:
    """Return the questions of the calculator, with what was answered or is typical."""
    return tuple(
        MeterInput(
            code,
            f"{meter_of(code).many.capitalize()} per call",
            given.get(code, meter_of(code).typical),
        )
        for code in meters_of(plans)
    )


def estimates(
    plans: Sequence[PlanView], per_call: Mapping[str, int], calls: int
) -> tuple[Estimate, ...]:
    """Return a month of like calls under each plan; raises ``AmountTooLarge``."""
    found = [estimate(plan, per_call, calls) for plan in plans]
    currencies = {one.total.currency for one in found}
    if len(found) < 2 or len(currencies) > 1:
        return tuple(found)
    cheapest = min(one.total.nano for one in found)
    return tuple(
        estimate(one.plan, per_call, calls, is_cheapest=one.total.nano == cheapest) for one in found
    )


def estimate(
    plan: PlanView, per_call: Mapping[str, int], calls: int, *, is_cheapest: bool = False
) -> Estimate:
    """Return a month of like calls under one plan; raises ``AmountTooLarge``."""
    one = {REQUESTS: 1, **per_call}
    bill = monthly_bill(plan.tariff, {code: one[code] * calls for code in one}, calls=calls)
    # A single call is shown at list price, as if the allowance were used up.
    beyond = {charge.meter: plan.tariff.allowance(charge.meter) for charge in plan.charges}
    single = rate(plan.tariff, one, used_before=beyond)
    currency = plan.currency
    return Estimate(
        plan=plan,
        bill=bill,
        call_lines=single.lines,
        call=Money(single.cost_nano, currency),
        total=Money(bill.total_nano, currency),
        formulas=tuple(_formulas(plan, bill)),
        is_cheapest=is_cheapest,
    )


def _formulas(plan: PlanView, bill: Bill) -> list[str]:
    found = [formula(line, bill.currency) for line in bill.lines]
    if bill.fee_nano:
        recurring = plan.tariff.recurring
        share = "a twelfth of the yearly fee" if recurring and recurring.months == 12 else "fee"
        found.append(f"{share} = {Money(bill.fee_nano, bill.currency)}")
    if bill.true_up_nano:
        raised = Money(bill.true_up_nano, bill.currency)
        found.append(f"up to the month's minimum = {raised}")
    return found
