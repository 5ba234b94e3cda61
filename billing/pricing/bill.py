"""The bill of a whole month, as calculators and the end of a period need it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from billing.errors import AmountTooLarge
from billing.pricing.rating import Line, parts_of, rating_of
from billing.pricing.tariff import NOTHING, Flat, Part, Tariff, Volume
from marketplace.core.money import MAXIMUM, nano_per_unit


@dataclass(frozen=True, slots=True)
class Bill:
    """What a month costs: calls, what the commitment adds, the fee; and a licence once."""

    lines: tuple[Line, ...]
    usage_nano: int
    true_up_nano: int
    fee_nano: int
    license_nano: int
    currency: str

    @property
    def total_nano(self) -> int:
        """Return what is due for the month, without the licence."""
        return self.usage_nano + self.true_up_nano + self.fee_nano


def monthly_bill(tariff: Tariff, totals: Mapping[str, int], *, calls: int = 1) -> Bill:
    """Return the bill of a month in which ``calls`` used these quantities together.

    A flat charge is due for each call; a yearly fee counts with its twelfth part. Raises
    ``AmountTooLarge``.
    """
    parts = [
        (charge.meter, part)
        for charge in tariff.charges
        for part in (
            _flat_parts(tariff, charge, totals.get(charge.meter, 0), calls)
            if isinstance(charge, Flat)
            else parts_of(
                charge,
                free=tariff.allowance(charge.meter),
                before=0,
                quantity=totals.get(charge.meter, 0),
            )
        )
    ]
    usage = rating_of(parts, tariff.currency)
    minimum = in_nano(Fraction(tariff.minimum or 0), tariff.currency)
    return Bill(
        lines=usage.lines,
        usage_nano=usage.cost_nano,
        true_up_nano=max(minimum - usage.cost_nano, 0),
        fee_nano=in_nano(_monthly_fee(tariff), tariff.currency),
        license_nano=in_nano(
            Fraction(tariff.license.fee if tariff.license else 0), tariff.currency
        ),
        currency=tariff.currency,
    )


def volume_nano(charge: Volume, total: int, *, tariff: Tariff) -> int:
    """Return what a volume charge comes to for the total of a period."""
    free = tariff.allowance(charge.meter)
    parts = parts_of(charge, free=free, before=0, quantity=total)
    return rating_of(((charge.meter, part) for part in parts), tariff.currency).cost_nano


def in_nano(amount: Fraction, currency: str) -> int:
    """Round an exact amount in major units, half to even; raises ``AmountTooLarge``."""
    nano = round(amount * nano_per_unit(currency))
    if nano > MAXIMUM:
        raise AmountTooLarge
    return nano


def _flat_parts(tariff: Tariff, charge: Flat, total: int, calls: int) -> Iterator[Part]:
    """The calls of a month are taken to be alike, and the allowance to cover whole ones."""
    if not total:
        return
    covered = min(calls, tariff.allowance(charge.meter) * calls // total)
    if covered:
        yield Part(covered, NOTHING, kind="free")
    if calls > covered:
        yield Part(calls - covered, charge.price, kind="flat")


def _monthly_fee(tariff: Tariff) -> Fraction:
    if tariff.recurring is None:
        return Fraction(0)
    return Fraction(tariff.recurring.fee) / tariff.recurring.months
