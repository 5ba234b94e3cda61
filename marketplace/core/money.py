"""Money as 64-bit integers of nano-units; never floats.

One nano-unit is 10^-9 of the major unit for most currencies. Where that would overflow
64 bits for ordinary balances, the exponent is smaller; it is a constant per currency.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

NANO_EXPONENT = {"USD": 9, "EUR": 9, "GBP": 9, "CHF": 9, "JPY": 7, "KRW": 6, "IDR": 4, "VND": 4}
MINOR_EXPONENT = {"JPY": 0, "KRW": 0, "VND": 0}
SYMBOL = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩"}
MAXIMUM = 2**63 - 1


def nano_per_unit(currency: str) -> int:
    """Return how many nano-units make one major unit of ``currency``."""
    return int(10 ** NANO_EXPONENT[currency])


def to_nano(amount: Decimal, currency: str) -> int:
    """Round an exact amount in major units, half to even, to nano-units."""
    scaled = amount * nano_per_unit(currency)
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def from_nano(nano: int, currency: str) -> Decimal:
    """Return nano-units as an exact decimal number of major units."""
    return Decimal(nano) / nano_per_unit(currency)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, in nano-units."""

    nano: int
    currency: str

    def __str__(self) -> str:
        return format_money(self.nano, self.currency)


def format_money(nano: int, currency: str) -> str:
    """Write an amount exactly, with at least the minor digits: ``$1.50``, ``$0.000123``."""
    exact = from_nano(abs(nano), currency).normalize()
    digits = max(MINOR_EXPONENT.get(currency, 2), -int(exact.as_tuple().exponent))
    text = f"{exact:,.{digits}f}"
    sign = "\N{MINUS SIGN}" if nano < 0 else ""
    symbol = SYMBOL.get(currency)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{text} {currency}"
