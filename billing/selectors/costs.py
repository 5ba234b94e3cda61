"""What one prediction cost, opened into its parts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Organization
from billing.models import UsageEvent
from billing.pricing import Line, formula, meter_of
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class CostLine:
    """A part of a cost; ``amount`` may be negative where a promise bounded the cost."""

    meter: str
    label: str
    kind: str
    quantity: int
    price: str
    per: int
    amount: Money
    formula: str


@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """The cost of a prediction: its lines sum to it; ``unpriced`` was measured, and is free."""

    prediction_id: UUID
    total: Money
    lines: tuple[CostLine, ...]
    unpriced: tuple[str, ...]
    plan_name: str
    plan_code: str
    price_number: int
    is_test: bool
    occurred_at: datetime

    @property
    def trace_url(self) -> str:
        """Return the address of the prediction's trace."""
        return f"/predictions/{self.prediction_id}/"


def cost_of(
    prediction_id: UUID | str, organization: Organization | None = None
) -> CostBreakdown | None:
    """Return the cost of a settled prediction; pass the organization unless it was checked."""
    rows = UsageEvent.objects.select_related("price__plan")
    if organization is not None:
        rows = rows.of(organization)
    event = rows.filter(prediction_id=prediction_id).first()
    return breakdown(event) if event else None


def breakdown(event: UsageEvent) -> CostBreakdown:
    """Return the cost of a usage event whose price and plan are loaded."""
    lines = [Line.from_json(line) for line in event.lines]
    priced = {line.meter for line in lines}
    rest = [
        meter_of(code).count(quantity)
        for code, quantity in sorted(event.quantities.items())
        if quantity and code not in priced
    ]
    return CostBreakdown(
        prediction_id=event.prediction_id,
        total=Money(event.cost_nano, event.currency),
        lines=tuple(_line(line, event.currency) for line in lines),
        unpriced=tuple(rest),
        plan_name=event.price.plan.name,
        plan_code=event.price.plan.code,
        price_number=event.price.number,
        is_test=event.is_test,
        occurred_at=event.occurred_at,
    )


def _line(line: Line, currency: str) -> CostLine:
    label = meter_of(line.meter).many
    return CostLine(
        meter=line.meter,
        label=label[0].upper() + label[1:],
        kind=line.kind,
        quantity=line.quantity,
        price=f"{line.price:f}",
        per=line.per,
        amount=Money(line.amount_nano, currency),
        formula=formula(line, currency),
    )
