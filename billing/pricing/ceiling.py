"""The most that a call can cost, whatever other running calls do before it settles."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from billing.pricing.rating import Rating, parts_of, rating_of
from billing.pricing.tariff import NOTHING, Charge, Graduated, Package, Part, Tariff, Volume


def ceiling(
    tariff: Tariff,
    maximum: Mapping[str, int],
    *,
    used_before: Mapping[str, int] | None = None,
    open_before: Mapping[str, int] | None = None,
) -> Rating:
    """Return a cost that no call of at most ``maximum`` quantities can pass.

    ``open_before`` are the most that calls still running may use: this call may come
    anywhere between ``used_before`` and that much later in the period.
    """
    used, opened = used_before or {}, open_before or {}
    parts = [
        (charge.meter, part)
        for charge in tariff.charges
        for part in dearest_parts(
            charge,
            free=tariff.allowance(charge.meter),
            first=used.get(charge.meter, 0),
            last=used.get(charge.meter, 0) + opened.get(charge.meter, 0),
            quantity=maximum.get(charge.meter, 0),
        )
    ]
    return rating_of(parts, tariff.currency)


def dearest_parts(charge: Charge, *, free: int, first: int, last: int, quantity: int) -> list[Part]:
    """Return the parts of the dearest place between ``first`` and ``last``."""
    if isinstance(charge, Volume):
        return list(_dearest_volume(charge, free=free, first=first, last=last, quantity=quantity))
    places = sorted(_places(charge, free=free, first=first, last=last, quantity=quantity))
    found = [list(parts_of(charge, free=free, before=place, quantity=quantity)) for place in places]
    return max(found, key=_amount)


def _places(charge: Charge, *, free: int, first: int, last: int, quantity: int) -> set[int]:
    """Cost is straight between these places, so that the dearest is one of them."""
    edges = [free, *(free + edge for edge in charge.edges())]
    if isinstance(charge, Graduated):
        # A fee falls due with the first unit above an edge.
        edges += [edge + 1 for edge in edges]
    candidates = {first, last, *edges, *(edge - quantity for edge in edges)}
    if isinstance(charge, Package):
        # The end of a package: the next unit opens another one.
        start = max(first, free)
        candidates.add(start + (free - start) % charge.size)
    return {place for place in candidates if first <= place <= last}


def _dearest_volume(
    charge: Volume, *, free: int, first: int, last: int, quantity: int
) -> Iterator[Part]:
    """A call that uses less may stay in a dearer tier, so every reachable tier counts."""
    covered = min(max(free - last, 0), quantity)
    payable = quantity - covered
    if covered:
        yield Part(covered, NOTHING, kind="free")
    if payable:
        reached = [
            charge.tier_at(total)
            for total in _totals(charge, max(first - free, 0), max(last - free, 0) + payable)
        ]
        yield Part(payable, max(tier.price for tier in reached), charge.per, kind="volume")


def _totals(charge: Volume, low: int, high: int) -> Iterator[int]:
    yield low + 1
    yield high
    yield from (edge + 1 for edge in charge.edges() if low < edge < high)


def _amount(parts: list[Part]) -> Fraction:
    return sum((part.amount for part in parts), Fraction(0))
