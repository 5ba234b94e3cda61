"""The JSON form of a tariff: canonical, with exact decimals as strings."""

from decimal import Decimal
from typing import Any

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
)
from marketplace.core.canonical import json_digest

Json = dict[str, Any]


def tariff_as_json(tariff: Tariff) -> Json:
    """Return the JSON form; what says nothing is left out, so equal tariffs read equal."""
    form: Json = {
        "currency": tariff.currency,
        "charges": [charge_as_json(charge) for charge in tariff.charges],
    }
    if tariff.free:
        form["free"] = dict(tariff.free)
    if tariff.recurring:
        form["recurring"] = _recurring(tariff.recurring)
    if tariff.minimum is not None:
        form["minimum"] = decimal_as_text(tariff.minimum)
    if tariff.license:
        form["license"] = _license(tariff.license)
    return form


def tariff_digest(tariff: Tariff) -> str:
    """Return the SHA-256 of the canonical JSON form."""
    return json_digest(tariff_as_json(tariff))


def charge_as_json(charge: Charge) -> Json:
    """Return the JSON form of one charge."""
    form: Json = {"kind": charge.kind, "meter": charge.meter}
    if isinstance(charge, Flat):
        return {**form, "price": decimal_as_text(charge.price)}
    if isinstance(charge, Package):
        return {**form, "price": decimal_as_text(charge.price), "size": charge.size}
    if isinstance(charge, PerUnit):
        return {**form, "price": decimal_as_text(charge.price), "per": charge.per}
    has_fees = isinstance(charge, Graduated)
    tiers = [_tier(tier, has_fees=has_fees) for tier in charge.tiers]
    return {**form, "per": charge.per, "tiers": tiers}


def decimal_as_text(amount: Decimal) -> str:
    """Write a decimal plainly, without exponent or needless zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tier(tier: Tier, *, has_fees: bool) -> Json:
    form: Json = {"up_to": tier.up_to, "price": decimal_as_text(tier.price)}
    if has_fees and tier.fee:
        form["fee"] = decimal_as_text(tier.fee)
    return form


def _recurring(recurring: Recurring) -> Json:
    form: Json = {"fee": decimal_as_text(recurring.fee), "interval": recurring.interval}
    if recurring.included:
        form["included"] = dict(recurring.included)
    if recurring.service_level:
        form["service_level"] = _service_level(recurring.service_level)
    return form


def _service_level(level: ServiceLevel) -> Json:
    form: Json = {"name": level.name}
    if level.availability_percent is not None:
        form["availability_percent"] = decimal_as_text(level.availability_percent)
    if level.latency_p95_ms is not None:
        form["latency_p95_ms"] = level.latency_p95_ms
    return form


def _license(license_: License) -> Json:
    form: Json = {"fee": decimal_as_text(license_.fee)}
    if license_.seats is not None:
        form["seats"] = license_.seats
    return form
