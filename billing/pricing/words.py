"""Prices and their arithmetic as people read them."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from billing.pricing.meters import Meter, meter_of
from billing.pricing.rating import Line
from billing.pricing.tariff import Charge, Flat, Package, PerUnit, Recurring, Tariff, Tier
from marketplace.core.money import MINOR_EXPONENT, SYMBOL, format_money

LONGEST_LINE = 80
TIMES = "\N{MULTIPLICATION SIGN}"
SHORTEST_FRACTION = 12


def amount_in_words(amount: Decimal, currency: str) -> str:
    """Write an exact amount with at least the minor digits, none when it is whole: ``$49``."""
    digits = max(-int(amount.normalize().as_tuple().exponent), 0)
    if digits:
        digits = max(digits, MINOR_EXPONENT.get(currency, 2))
    symbol = SYMBOL.get(currency)
    text = f"{amount:,.{digits}f}"
    return f"{symbol}{text}" if symbol else f"{text} {currency}"


def describe(tariff: Tariff) -> str:
    """Return a price line of at most 80 characters: ``$0.10 / 1M input tokens``."""
    pieces = list(_pieces(tariff))
    if not pieces:
        return "Free"
    line = pieces[0]
    for place, piece in enumerate(pieces[1:], start=1):
        longer = f"{line} · {piece}"
        is_last = place == len(pieces) - 1
        if len(longer) + (0 if is_last else len(" + more")) > LONGEST_LINE:
            return f"{line} + more"[:LONGEST_LINE]
        line = longer
    return line[:LONGEST_LINE]


def price_of_charge(charge: Charge, currency: str) -> str:
    """Return the price of a charge; the lowest one, where there are tiers."""
    meter = meter_of(charge.meter)
    if isinstance(charge, Flat):
        return f"{amount_in_words(charge.price, currency)} / call"
    if isinstance(charge, Package):
        return f"{amount_in_words(charge.price, currency)} / package of {meter.count(charge.size)}"
    if isinstance(charge, PerUnit):
        return unit_price(charge.price, charge.per, meter, currency)
    lowest = min(tier.price for tier in charge.tiers)
    start = "" if len(charge.tiers) == 1 else "from "
    return start + unit_price(lowest, charge.per, meter, currency)


def unit_price(price: Decimal, per: int, meter: Meter, currency: str) -> str:
    """Return a price in a unit that people use, where that is exact: ``$0.10 / 1M …``."""
    said = dict(meter.also).get(per)
    if said:
        return f"{amount_in_words(price, currency)} / {said}"
    usual = exact_decimal(Fraction(price) * meter.usual_per / per)
    if usual is not None:
        return f"{amount_in_words(usual, currency)} / {meter.usual_unit}"
    return f"{amount_in_words(price, currency)} / {meter.count(per)}"


def exact_decimal(value: Fraction) -> Decimal | None:
    """Return a fraction as a decimal of at most twelve digits after the point, if it is one."""
    scaled = value * 10**SHORTEST_FRACTION
    if scaled.denominator != 1:
        return None
    text = str(scaled.numerator).rjust(SHORTEST_FRACTION + 1, "0")
    return Decimal(f"{text[:-SHORTEST_FRACTION]}.{text[-SHORTEST_FRACTION:]}").normalize()


def tier_in_words(tier: Tier, floor: int, meter: Meter) -> str:
    """Return the range of a tier: ``1 to 1,000,000``, ``above 1,000,000``."""
    if tier.up_to is None:
        return f"above {floor:,}" if floor else "any quantity"
    return f"{floor + 1:,} to {tier.up_to:,}"


def fee_in_words(recurring: Recurring, currency: str) -> str:
    """Return the fee of a subscription: ``$49 / month``."""
    return f"{amount_in_words(recurring.fee, currency)} / {recurring.interval}"


def formula(line: Line, currency: str) -> str:
    """Return the arithmetic of a line: quantity, price, result."""
    meter = meter_of(line.meter)
    result = format_money(line.amount_nano, currency)
    price = amount_in_words(line.price, currency)
    if line.kind == "free":
        return f"{meter.count(line.quantity)} within the allowance = {result}"
    if line.kind == "flat":
        noun = "call" if line.quantity == 1 else "calls"
        return f"{line.quantity:,} {noun} {TIMES} {price} = {result}"
    if line.kind == "package":
        noun = "package" if line.quantity == 1 else "packages"
        return f"{line.quantity:,} {noun} of {meter.many} {TIMES} {price} = {result}"
    if line.kind == "ceiling":
        return f"above the promised maximum, not charged = {result}"
    per = f" / {line.per:,}" if line.per > 1 else ""
    fee = f" + {amount_in_words(line.fee, currency)}" if line.fee else ""
    return f"{meter.count(line.quantity)} {TIMES} {price}{per}{fee} = {result}"


def _pieces(tariff: Tariff) -> Iterator[str]:
    if tariff.recurring:
        yield fee_in_words(tariff.recurring, tariff.currency)
    if tariff.license:
        yield f"{amount_in_words(tariff.license.fee, tariff.currency)} once"
    for charge in tariff.charges:
        yield price_of_charge(charge, tariff.currency)
    if tariff.minimum:
        yield f"at least {amount_in_words(tariff.minimum, tariff.currency)} / month"


def headline(tariff: Tariff) -> tuple[str, str]:
    """Return the first amount of a price and what it is for: ``("$49", "month")``."""
    if tariff.license and not tariff.recurring:
        return amount_in_words(tariff.license.fee, tariff.currency), "once"
    first = next(_pieces(tariff), "Free")
    amount, _, per = first.partition(" / ")
    return amount, per
