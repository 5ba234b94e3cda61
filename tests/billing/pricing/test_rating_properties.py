"""What holds for every tariff and every quantity."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.pricing import ceiling, rate, read_tariff, tariff_as_json
from tests.billing.pricing.tariffs import tariffs, usages

MANY = settings(max_examples=150, deadline=None)
ADDITIVE = "ugp"


def sum_of(*usages: dict[str, int]) -> dict[str, int]:
    meters = {meter for usage in usages for meter in usage}
    return {meter: sum(usage.get(meter, 0) for usage in usages) for meter in meters}


@MANY
@given(tariffs(), usages, usages)
def test_lines_sum_exactly_to_the_cost(tariff, used, usage):
    rating = rate(tariff, usage, used_before=used)

    assert sum(line.amount_nano for line in rating.lines) == rating.cost_nano


@MANY
@given(tariffs(), usages, usages)
def test_the_cost_is_the_exact_amount_rounded_half_to_even_once(tariff, used, usage):
    rating = rate(tariff, usage, used_before=used)

    assert rating.cost_nano == round(rating.exact * 10**9)
    assert all(abs(line.amount_nano - exact_of(line)) < 1 for line in rating.lines)


def exact_of(line) -> Fraction:
    return (Fraction(line.price) * line.quantity / line.per + Fraction(line.fee)) * 10**9


@MANY
@given(tariffs(), usages, usages)
def test_every_amount_is_an_integer_and_no_line_is_negative(tariff, used, usage):
    rating = rate(tariff, usage, used_before=used)

    assert type(rating.cost_nano) is int
    assert all(type(line.amount_nano) is int and line.amount_nano >= 0 for line in rating.lines)


@MANY
@given(tariffs(kinds="fugp"), usages, usages, usages)
def test_more_units_never_cost_less(tariff, used, usage, more):
    less = rate(tariff, usage, used_before=used)
    rating = rate(tariff, sum_of(usage, more), used_before=used)

    assert rating.cost_nano >= less.cost_nano


@MANY
@given(tariffs(kinds=ADDITIVE), usages, usages, usages)
def test_splitting_a_call_does_not_change_the_total(tariff, used, first, second):
    together = rate(tariff, sum_of(first, second), used_before=used)
    apart = (
        rate(tariff, first, used_before=used),
        rate(tariff, second, used_before=sum_of(used, first)),
    )

    assert together.exact == apart[0].exact + apart[1].exact


@MANY
@given(tariffs(kinds=ADDITIVE), st.lists(usages, max_size=5), st.randoms())
def test_the_order_of_calls_does_not_change_the_total(tariff, calls, random):
    shuffled = random.sample(calls, len(calls))

    assert total_of(tariff, calls) == total_of(tariff, shuffled)


def total_of(tariff, calls) -> Fraction:
    used: dict[str, int] = {}
    total = Fraction(0)
    for call in calls:
        total += rate(tariff, call, used_before=used).exact
        used = sum_of(used, call)
    return total


@MANY
@given(tariffs(), usages, usages, usages, st.data())
def test_no_call_passes_its_ceiling_wherever_it_settles(tariff, used, opened, most, data):
    highest = ceiling(tariff, most, used_before=used, open_before=opened)

    actual = {meter: data.draw(st.integers(0, top)) for meter, top in most.items()}
    others = {meter: data.draw(st.integers(0, top)) for meter, top in opened.items()}
    cost = rate(tariff, actual, used_before=sum_of(used, others))

    assert cost.cost_nano <= highest.cost_nano


@MANY
@given(tariffs(kinds="fugp"), usages, usages)
def test_alone_the_ceiling_is_the_cost_of_the_most(tariff, used, most):
    assert ceiling(tariff, most, used_before=used) == rate(tariff, most, used_before=used)


@MANY
@given(tariffs())
def test_a_tariff_survives_its_json_form(tariff):
    assert read_tariff(tariff_as_json(tariff)) == tariff
