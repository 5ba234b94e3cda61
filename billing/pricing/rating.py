"""Rating: measured quantities to an exact cost, opened into lines.

Amounts stay exact fractions until the end; then the sum is rounded once, half to even, to
nano-units, and the lines share it by largest remainder, so that they sum to the cost.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.errors import AmountTooLarge
from billing.pricing.tariff import NOTHING, Charge, Part, Tariff
from marketplace.core.money import MAXIMUM, nano_per_unit


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a cost; ``price`` is major units for ``per`` units of the meter."""

    meter: str
    kind: str
    quantity: int
    price: Decimal
    per: int
    fee: Decimal
    amount_nano: int

    def as_json(self) -> dict[str, Any]:
        """Return the stored form; decimals are strings."""
        return {
            "meter": self.meter,
            "kind": self.kind,
            "quantity": self.quantity,
            "price": f"{self.price:f}",
            "per": self.per,
            "fee": f"{self.fee:f}",
            "amount_nano": self.amount_nano,
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "Line":
        """Read the stored form."""
        return cls(
            meter=form["meter"],
            kind=form["kind"],
            quantity=form["quantity"],
            price=Decimal(form["price"]),
            per=form["per"],
            fee=Decimal(form["fee"]),
            amount_nano=form["amount_nano"],
        )


@dataclass(frozen=True, slots=True)
class Rating:
    """What something costs; ``exact`` is the amount before rounding, in major units."""

    cost_nano: int
    lines: tuple[Line, ...]
    exact: Fraction


def rate(
    tariff: Tariff, quantities: Mapping[str, int], *, used_before: Mapping[str, int] | None = None
) -> Rating:
    """Return what measured quantities cost after ``used_before`` of the same period.

    Raises ``AmountTooLarge`` past 64 bits. Meters without a charge cost nothing.
    """
    used = used_before or {}
    parts = [
        (charge.meter, part)
        for charge in tariff.charges
        for part in parts_of(
            charge,
            free=tariff.allowance(charge.meter),
            before=used.get(charge.meter, 0),
            quantity=quantities.get(charge.meter, 0),
        )
    ]
    return rating_of(parts, tariff.currency)


def parts_of(charge: Charge, *, free: int, before: int, quantity: int) -> Iterator[Part]:
    """Yield the parts of one charge: first what the allowance covers, then the rest."""
    covered = min(max(free - before, 0), quantity)
    if covered:
        yield Part(covered, NOTHING, kind="free")
    yield from charge.parts(max(before - free, 0), quantity - covered)


def rating_of(parts: Iterable[tuple[str, Part]], currency: str) -> Rating:
    """Return the rating that these parts of meters make together."""
    pairs = list(parts)
    scale = nano_per_unit(currency)
    exact = [part.amount * scale for _, part in pairs]
    total = sum(exact, Fraction(0))
    cost = round(total)
    if cost > MAXIMUM:
        raise AmountTooLarge
    shares = share_out(cost, exact)
    lines = tuple(
        Line(meter, part.kind, part.quantity, part.price, part.per, part.fee, nano)
        for (meter, part), nano in zip(pairs, shares, strict=True)
    )
    return Rating(cost, lines, total / scale)


def share_out(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Round each amount down, and give what is missing to the largest remainders."""
    floors = [amount.__floor__() for amount in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for place in by_remainder[: total - sum(floors)]:
        floors[place] += 1
    return floors
