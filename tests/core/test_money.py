from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import MAXIMUM, NANO_EXPONENT, Money, format_money, from_nano, to_nano

NANO = st.integers(min_value=-MAXIMUM, max_value=MAXIMUM)


@pytest.mark.parametrize(
    ("amount", "currency", "nano"),
    [
        ("1", "USD", 1_000_000_000),
        ("0.0000000005", "USD", 0),
        ("0.0000000015", "USD", 2),
        ("-0.0000000015", "USD", -2),
        ("100", "JPY", 1_000_000_000),
    ],
)
def test_amounts_are_rounded_half_to_even(amount, currency, nano):
    assert to_nano(Decimal(amount), currency) == nano


@given(NANO, st.sampled_from(sorted(NANO_EXPONENT)))
def test_nothing_is_lost_there_and_back(nano, currency):
    assert to_nano(from_nano(nano, currency), currency) == nano


@pytest.mark.parametrize(
    ("nano", "currency", "text"),
    [
        (1_500_000_000, "USD", "$1.50"),
        (123_000, "USD", "$0.000123"),
        (0, "EUR", "€0.00"),
        (-1_234_567_000_000_000, "GBP", "−£1,234,567.00"),
        (1_000_000_000, "JPY", "¥100"),
        (2_500_000_000, "CHF", "2.50 CHF"),
    ],
)
def test_amounts_are_written_exactly(nano, currency, text):
    assert format_money(nano, currency) == text
    assert str(Money(nano, currency)) == text


@given(NANO)
def test_the_written_amount_is_the_amount(nano):
    written = format_money(nano, "USD").replace("−", "-").replace("$", "").replace(",", "")

    assert Decimal(written) * 10**9 == nano


def test_an_unknown_currency_is_a_defect():
    with pytest.raises(KeyError):
        to_nano(Decimal(1), "XXX")
