"""Reads a tariff's JSON form; every problem names its field."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from billing.pricing.meters import METERS, is_known
from billing.pricing.tariff import (
    NOTHING,
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
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import NANO_EXPONENT

DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,18})?")
MOST_UNITS = 10**15
MOST_CHARGES = 40
MOST_TIERS = 20


def read_tariff(form: Any, *, path: str = "tariff") -> Tariff:
    """Return the tariff that a JSON value describes; raises ``InvalidInput``."""
    if not isinstance(form, dict):
        raise InvalidInput([FieldProblem(path, "Give an object with currency and charges.")])
    reader = Reader()
    tariff = reader.tariff(form, path)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return tariff


class Reader:
    """Collects problems while it reads, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []

    def wrong(self, path: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(FieldProblem(path, message))

    def tariff(self, form: Any, path: str) -> Tariff:
        """Read the whole."""
        known = ("currency", "charges", "free", "recurring", "minimum", "license")
        form = self.object(form, path, known)
        minimum, recurring, license_ = (
            form.get(name) for name in ("minimum", "recurring", "license")
        )
        tariff = Tariff(
            currency=self.choice(form.get("currency"), f"{path}.currency", tuple(NANO_EXPONENT)),
            charges=tuple(self.charges(form.get("charges", []), f"{path}.charges")),
            free=self.quantities(form.get("free", {}), f"{path}.free"),
            recurring=None if recurring is None else self.recurring(recurring, f"{path}.recurring"),
            minimum=None if minimum is None else self.decimal(minimum, f"{path}.minimum"),
            license=None if license_ is None else self.license(license_, f"{path}.license"),
        )
        self.check_whole(tariff, path)
        return tariff

    def check_whole(self, tariff: Tariff, path: str) -> None:
        """Refuse what contradicts itself."""
        priced = [charge.meter for charge in tariff.charges]
        for place, meter in enumerate(priced):
            if meter and meter in priced[:place]:
                self.wrong(f"{path}.charges.{place}.meter", f"{meter} already has a charge.")
        for name, allowed in _allowances(tariff):
            for meter in allowed:
                if meter not in priced:
                    self.wrong(f"{path}.{name}.{meter}", "Nothing is charged for it anyway.")
        if tariff.minimum is not None and not priced:
            self.wrong(f"{path}.minimum", "Without charges, nothing counts towards a minimum.")

    def charges(self, forms: Any, path: str) -> Iterator[Charge]:
        """Read the list of charges."""
        if not isinstance(forms, list) or len(forms) > MOST_CHARGES:
            self.wrong(path, f"Give a list of at most {MOST_CHARGES} charges.")
            return
        for place, form in enumerate(forms):
            charge = self.charge(form, f"{path}.{place}")
            if charge is not None:
                yield charge

    def charge(self, form: Any, path: str) -> Charge | None:
        """Read one charge by its kind."""
        kind = form.get("kind") if isinstance(form, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            self.wrong(f"{path}.kind", f"Choose of {', '.join(KINDS)}.")
            return None
        fields, read = KINDS[kind]
        form = self.object(form, path, ("kind", "meter", *fields))
        meter = form.get("meter")
        if not isinstance(meter, str) or not is_known(meter):
            self.wrong(f"{path}.meter", f"Choose of {', '.join(METERS)} or compute_ms.<hardware>.")
            meter = ""
        return read(self, meter, form, path)

    def tiers(self, forms: Any, path: str, *, has_fees: bool) -> tuple[Tier, ...]:
        """Read tiers: strictly rising, the last one open."""
        if not isinstance(forms, list) or not 1 <= len(forms) <= MOST_TIERS:
            self.wrong(path, f"Give a list of 1 to {MOST_TIERS} tiers.")
            return ()
        tiers = []
        floor = 0
        for place, form in enumerate(forms):
            here = f"{path}.{place}"
            is_last = place == len(forms) - 1
            tiers.append(self.tier(form, here, is_last=is_last, floor=floor, has_fees=has_fees))
            floor = tiers[-1].up_to or floor
        return tuple(tiers)

    def tier(self, form: Any, path: str, *, is_last: bool, floor: int, has_fees: bool) -> Tier:
        """Read one tier."""
        form = self.object(form, path, ("up_to", "price", *(("fee",) if has_fees else ())))
        up_to = form.get("up_to")
        if is_last and up_to is not None:
            self.wrong(f"{path}.up_to", "The last tier has no end; give null.")
        elif not is_last:
            up_to = self.integer(up_to, f"{path}.up_to")
            if up_to <= floor:
                self.wrong(f"{path}.up_to", f"This must be above {floor}, where the tier begins.")
        price = self.decimal(form.get("price"), f"{path}.price")
        fee = self.decimal(form["fee"], f"{path}.fee") if "fee" in form else NOTHING
        return Tier(up_to, price, fee)

    def recurring(self, form: Any, path: str) -> Recurring:
        """Read the fee of a subscription."""
        form = self.object(form, path, ("fee", "interval", "included", "service_level"))
        level = form.get("service_level")
        return Recurring(
            fee=self.decimal(form.get("fee"), f"{path}.fee"),
            interval=self.choice(
                form.get("interval", "month"), f"{path}.interval", ("month", "year")
            ),
            included=self.quantities(form.get("included", {}), f"{path}.included"),
            service_level=None
            if level is None
            else self.service_level(level, f"{path}.service_level"),
        )

    def service_level(self, form: Any, path: str) -> ServiceLevel:
        """Read what is promised."""
        form = self.object(form, path, ("name", "availability_percent", "latency_p95_ms"))
        name = form.get("name")
        if not isinstance(name, str) or not 1 <= len(name.strip()) <= 40:
            self.wrong(f"{path}.name", "Give a name of 1 to 40 characters.")
            name = ""
        share, latency = form.get("availability_percent"), form.get("latency_p95_ms")
        percent = None if share is None else self.decimal(share, f"{path}.availability_percent")
        if percent is not None and percent > 100:
            self.wrong(f"{path}.availability_percent", "This is above 100.")
        return ServiceLevel(
            name=name.strip(),
            availability_percent=percent,
            latency_p95_ms=None
            if latency is None
            else self.integer(latency, f"{path}.latency_p95_ms"),
        )

    def license(self, form: Any, path: str) -> License:
        """Read the fee of a licence."""
        form = self.object(form, path, ("fee", "seats"))
        seats = form.get("seats")
        return License(
            fee=self.decimal(form.get("fee"), f"{path}.fee"),
            seats=None if seats is None else self.integer(seats, f"{path}.seats"),
        )

    def quantities(self, form: Any, path: str) -> Mapping[str, int]:
        """Read quantities by meter, sorted."""
        if not isinstance(form, dict):
            self.wrong(path, "Give an object of meters and whole numbers.")
            return {}
        for meter in form:
            if not isinstance(meter, str) or not is_known(meter):
                self.wrong(f"{path}.{meter}", "There is no such meter.")
        return {str(key): self.integer(form[key], f"{path}.{key}") for key in sorted(form)}

    def object(self, form: Any, path: str, known: tuple[str, ...]) -> dict[str, Any]:
        """Read a JSON object that has no other fields than the known ones."""
        if not isinstance(form, dict):
            self.wrong(path, f"Give an object with {', '.join(known)}.")
            return {}
        for name in form:
            if name not in known:
                self.wrong(f"{path}.{name}", f"There is no such field; use {', '.join(known)}.")
        return form

    def decimal(self, value: Any, path: str) -> Decimal:
        """Read an exact amount; a JSON float would not be one."""
        if isinstance(value, str) and DECIMAL.fullmatch(value):
            return Decimal(value)
        self.wrong(path, 'Give a decimal number as a string, such as "0.25" (up to 18 decimals).')
        return NOTHING

    def integer(self, value: Any, path: str) -> int:
        """Read a whole number from 1."""
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_UNITS:
            return value
        self.wrong(path, f"Give a whole number from 1 to {MOST_UNITS:,}.")
        return 1

    def choice(self, value: Any, path: str, choices: tuple[str, ...]) -> str:
        """Read one of some words."""
        if isinstance(value, str) and value in choices:
            return value
        self.wrong(path, f"Choose of {', '.join(choices)}.")
        return choices[0]


def _allowances(tariff: Tariff) -> Iterator[tuple[str, Mapping[str, int]]]:
    yield "free", tariff.free
    if tariff.recurring:
        yield "recurring.included", tariff.recurring.included


def _flat(reader: Reader, meter: str, form: dict[str, Any], path: str) -> Flat:
    return Flat(meter, reader.decimal(form.get("price"), f"{path}.price"))


def _unit(reader: Reader, meter: str, form: dict[str, Any], path: str) -> PerUnit:
    price = reader.decimal(form.get("price"), f"{path}.price")
    return PerUnit(meter, price, reader.integer(form.get("per", 1), f"{path}.per"))


def _package(reader: Reader, meter: str, form: dict[str, Any], path: str) -> Package:
    price = reader.decimal(form.get("price"), f"{path}.price")
    return Package(meter, price, reader.integer(form.get("size"), f"{path}.size"))


def _graduated(reader: Reader, meter: str, form: dict[str, Any], path: str) -> Graduated:
    tiers = reader.tiers(form.get("tiers"), f"{path}.tiers", has_fees=True)
    return Graduated(meter, tiers, reader.integer(form.get("per", 1), f"{path}.per"))


def _volume(reader: Reader, meter: str, form: dict[str, Any], path: str) -> Volume:
    tiers = reader.tiers(form.get("tiers"), f"{path}.tiers", has_fees=False)
    return Volume(meter, tiers, reader.integer(form.get("per", 1), f"{path}.per"))


Read = Callable[[Reader, str, dict[str, Any], str], Charge]
KINDS: Mapping[str, tuple[tuple[str, ...], Read]] = {
    "flat": (("price",), _flat),
    "unit": (("price", "per"), _unit),
    "package": (("price", "size"), _package),
    "graduated": (("per", "tiers"), _graduated),
    "volume": (("per", "tiers"), _volume),
}
