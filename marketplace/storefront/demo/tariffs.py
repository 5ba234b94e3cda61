"""Tariffs of the demo world, in US dollars."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from billing.pricing import Graduated, License, PerUnit, Recurring, ServiceLevel, Tariff, Tier
from marketplace.storefront.demo.types import DemoPlan

CURRENCY = "USD"
MILLION = 1_000_000
Units = Mapping[str, int]


def per_token(
    code: str, name: str, *, input_price: str, output_price: str = "", free: Units | None = None
) -> DemoPlan:
    """Price by the million tokens, output apart from input where there is any."""
    charges = [PerUnit("input_tokens", Decimal(input_price), MILLION)]
    if output_price:
        charges.append(PerUnit("output_tokens", Decimal(output_price), MILLION))
    tariff = Tariff(CURRENCY, charges=tuple(charges), free=free or {})
    return DemoPlan(code, name, "payg", "Pay for the tokens of each call.", tariff)


def per_unit(
    code: str, name: str, *, meter: str, price: str, per: int = 1, free: Units | None = None
) -> DemoPlan:
    """Price by so many units of one meter."""
    tariff = Tariff(CURRENCY, charges=(PerUnit(meter, Decimal(price), per),), free=free or {})
    return DemoPlan(code, name, "payg", "Pay for each call.", tariff)


def graduated(
    code: str, name: str, *, meter: str, tiers: Sequence[tuple[int | None, str]], free: Units
) -> DemoPlan:
    """Price that falls with the month's volume, tier by tier."""
    steps = tuple(Tier(up_to, Decimal(price)) for up_to, price in tiers)
    tariff = Tariff(CURRENCY, charges=(Graduated(meter, steps),), free=free)
    return DemoPlan(code, name, "payg", "The more calls in a month, the less each costs.", tariff)


def nothing(code: str, name: str, summary: str) -> DemoPlan:
    """Free within the rate limit."""
    return DemoPlan(code, name, "free", summary, Tariff(CURRENCY))


def subscription(
    code: str,
    name: str,
    fee: str,
    *,
    included: Units,
    meter: str,
    overage: str,
    level: ServiceLevel | None = None,
) -> DemoPlan:
    """A monthly fee with included units and a price beyond them."""
    recurring = Recurring(Decimal(fee), included=included, service_level=level)
    charges = (PerUnit(meter, Decimal(overage)),)
    tariff = Tariff(CURRENCY, charges=charges, recurring=recurring)
    return DemoPlan(code, name, "subscription", "A fixed monthly fee, calls included.", tariff)


def download(code: str, name: str, fee: str) -> DemoPlan:
    """A fee paid once for the files."""
    tariff = Tariff(CURRENCY, license=License(Decimal(fee)))
    return DemoPlan(code, name, "license", "Download the files and run them yourself.", tariff)
