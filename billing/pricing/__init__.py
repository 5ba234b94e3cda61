"""Tariffs and the exact arithmetic over them: plain Python, no Django."""

from billing.pricing.bill import Bill, in_nano, monthly_bill, volume_nano
from billing.pricing.ceiling import ceiling
from billing.pricing.meters import METERS, Meter, meter_of
from billing.pricing.periods import Period, period_containing
from billing.pricing.rating import Line, Rating, rate
from billing.pricing.reading import read_tariff
from billing.pricing.tariff import (
    Charge,
    Flat,
    Graduated,
    License,
    Package,
    PerUnit,
    Recurring,
    ServiceLevel,
    Tariff,
    Tier,
    Volume,
)
from billing.pricing.words import (
    amount_in_words,
    describe,
    fee_in_words,
    formula,
    headline,
    price_of_charge,
    tier_in_words,
    unit_price,
)
from billing.pricing.writing import decimal_as_text, tariff_as_json, tariff_digest

__all__ = [
    "METERS",
    "Bill",
    "Charge",
    "Flat",
    "Graduated",
    "License",
    "Line",
    "Meter",
    "Package",
    "PerUnit",
    "Period",
    "Rating",
    "Recurring",
    "ServiceLevel",
    "Tariff",
    "Tier",
    "Volume",
    "amount_in_words",
    "ceiling",
    "decimal_as_text",
    "describe",
    "fee_in_words",
    "formula",
    "headline",
    "in_nano",
    "meter_of",
    "monthly_bill",
    "period_containing",
    "price_of_charge",
    "rate",
    "read_tariff",
    "tariff_as_json",
    "tariff_digest",
    "tier_in_words",
    "unit_price",
    "volume_nano",
]
