"""A tariff: everything that a price can say, as frozen values.

Every charge answers two questions about the units of its meter counted within a period:
what a stretch of units costs (``parts``), and where the answer can change (``edges``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of units at one price; ``fee`` is a fixed amount due on entering it."""

    quantity: int
    price: Decimal
    per: int = 1
    fee: Decimal = NOTHING
    kind: str = "unit"

    @property
    def amount(self) -> Fraction:
        """Return the exact amount in major units."""
        return Fraction(self.price) * self.quantity / self.per + Fraction(self.fee)


@dataclass(frozen=True, slots=True)
class Tier:
    """Units up to and including ``up_to`` (``None``: all others) at ``price``."""

    up_to: int | None
    price: Decimal
    fee: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Flat:
    """A fixed amount for each call that has any of the meter, however much."""

    meter: str
    price: Decimal
    kind = "flat"

    def parts(self, before: int, quantity: int) -> Iterator[Part]:
        """Yield one part for the call."""
        if quantity:
            yield Part(1, self.price, kind="flat")

    def edges(self) -> tuple[int, ...]:
        """Return nothing: the place in the period does not matter."""
        return ()


@dataclass(frozen=True, slots=True)
class PerUnit:
    """``price`` for every ``per`` units, in exact proportion."""

    meter: str
    price: Decimal
    per: int = 1
    kind = "unit"

    def parts(self, before: int, quantity: int) -> Iterator[Part]:
        """Yield one part for all units."""
        if quantity:
            yield Part(quantity, self.price, self.per)

    def edges(self) -> tuple[int, ...]:
        """Return nothing: every unit costs the same."""
        return ()


@dataclass(frozen=True, slots=True)
class Graduated:
    """Each unit at the price of the tier it falls into."""

    meter: str
    tiers: tuple[Tier, ...]
    per: int = 1
    kind = "graduated"

    def parts(self, before: int, quantity: int) -> Iterator[Part]:
        """Yield one part for each tier that the units reach."""
        floor, end = 0, before + quantity
        for tier in self.tiers:
            top = end if tier.up_to is None else min(tier.up_to, end)
            start = max(floor, before)
            if top > start:
                fee = tier.fee if start == floor else NOTHING
                yield Part(top - start, tier.price, self.per, fee, kind="tier")
            floor = top if tier.up_to is None else tier.up_to

    def edges(self) -> tuple[int, ...]:
        """Return the ends of the tiers."""
        return tuple(tier.up_to for tier in self.tiers if tier.up_to is not None)


@dataclass(frozen=True, slots=True)
class Volume:
    """All units at the price of the tier that the period's total reaches.

    A call is charged at the tier reached with it; what earlier calls paid too much or too
    little is settled once, when the period ends.
    """

    meter: str
    tiers: tuple[Tier, ...]
    per: int = 1
    kind = "volume"

    def tier_at(self, total: int) -> Tier:
        """Return the tier of a period's total."""
        return next(tier for tier in self.tiers if tier.up_to is None or total <= tier.up_to)

    def parts(self, before: int, quantity: int) -> Iterator[Part]:
        """Yield one part at the tier reached."""
        if quantity:
            yield Part(quantity, self.tier_at(before + quantity).price, self.per, kind="volume")

    def edges(self) -> tuple[int, ...]:
        """Return the ends of the tiers."""
        return tuple(tier.up_to for tier in self.tiers if tier.up_to is not None)


@dataclass(frozen=True, slots=True)
class Package:
    """``price`` for every begun package of ``size`` units within the period."""

    meter: str
    price: Decimal
    size: int
    kind = "package"

    def parts(self, before: int, quantity: int) -> Iterator[Part]:
        """Yield one part for the packages that these units open, if any."""
        begun = -(-(before + quantity) // self.size) + (-before // self.size)
        if begun:
            yield Part(begun, self.price, kind="package")

    def edges(self) -> tuple[int, ...]:
        """Return nothing: packages are bounded by their size instead."""
        return ()


Charge = Flat | PerUnit | Graduated | Volume | Package


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What a subscription promises; credits for breaches are governance's."""

    name: str
    availability_percent: Decimal | None = None
    latency_p95_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Recurring:
    """A fee due at the start of every month or year, with quantities included each month."""

    fee: Decimal
    interval: str = "month"
    included: Mapping[str, int] = field(default_factory=dict)
    service_level: ServiceLevel | None = None

    @property
    def months(self) -> int:
        """Return the length of the interval."""
        return 12 if self.interval == "year" else 1


@dataclass(frozen=True, slots=True)
class License:
    """A fee due once, when the licence is bought."""

    fee: Decimal
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """What calls cost, and what is due besides; amounts are major units of ``currency``.

    ``free`` units of a meter cost nothing in each month. ``minimum`` is a commitment: the
    calls of a month cost at least that much.
    """

    currency: str
    charges: tuple[Charge, ...] = ()
    free: Mapping[str, int] = field(default_factory=dict)
    recurring: Recurring | None = None
    minimum: Decimal | None = None
    license: License | None = None

    def allowance(self, meter: str) -> int:
        """Return how many units of a meter cost nothing in a month."""
        included = self.recurring.included if self.recurring else {}
        return self.free.get(meter, 0) + included.get(meter, 0)

    @property
    def counted_meters(self) -> tuple[str, ...]:
        """Return, sorted, the meters whose price depends on the period's earlier units."""
        return tuple(
            sorted(
                charge.meter
                for charge in self.charges
                if isinstance(charge, Graduated | Volume | Package) or self.allowance(charge.meter)
            )
        )

    @property
    def closes_periods(self) -> bool:
        """Whether something is due when a period ends."""
        return (
            self.recurring is not None
            or self.minimum is not None
            or any(isinstance(charge, Volume) for charge in self.charges)
        )

    @property
    def has_fees(self) -> bool:
        """Whether anything is due besides single calls."""
        return any(due is not None for due in (self.recurring, self.minimum, self.license))

    @property
    def is_free(self) -> bool:
        """Whether nothing is ever due."""
        return not self.charges and not self.has_fees
