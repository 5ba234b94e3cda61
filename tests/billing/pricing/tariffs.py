"""Random tariffs and quantities for property tests."""

from decimal import Decimal

from hypothesis import strategies as st

from billing.pricing import Flat, Graduated, Package, PerUnit, Tariff, Tier, Volume

METERS = ("input_tokens", "output_tokens", "requests", "rows")
prices = st.decimals(min_value=0, max_value=1000, places=6)
pers = st.sampled_from([1, 3, 7, 1000, 10**6])
quantities = st.integers(min_value=0, max_value=5000)


@st.composite
def tiers(draw, *, has_fees: bool):
    tops = sorted(draw(st.sets(st.integers(1, 3000), max_size=4)))
    fee = draw(prices) if has_fees else Decimal(0)
    return tuple(Tier(top, draw(prices), fee) for top in [*tops, None])


@st.composite
def charges(draw, meter: str, *, kinds: str = "fugpv"):
    kind = draw(st.sampled_from(kinds))
    if kind == "f":
        return Flat(meter, draw(prices))
    if kind == "u":
        return PerUnit(meter, draw(prices), draw(pers))
    if kind == "p":
        return Package(meter, draw(prices), draw(st.integers(1, 900)))
    made = Graduated if kind == "g" else Volume
    return made(meter, draw(tiers(has_fees=kind == "g")), draw(pers))


@st.composite
def tariffs(draw, *, kinds: str = "fugpv"):
    meters = draw(st.sets(st.sampled_from(METERS), min_size=1))
    chosen = tuple(draw(charges(meter, kinds=kinds)) for meter in sorted(meters))
    free = draw(st.dictionaries(st.sampled_from(sorted(meters)), st.integers(1, 2000)))
    return Tariff("USD", chosen, free)


usages = st.dictionaries(st.sampled_from(METERS), quantities)
