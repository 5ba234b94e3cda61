import pytest

from marketplace.core.fields import MoneySerializer
from marketplace.core.money import Money


@pytest.mark.parametrize(
    ("money", "amount"),
    [
        (Money(123_000, "USD"), "0.000123"),
        (Money(0, "USD"), "0"),
        (Money(-1_500_000_000, "USD"), "-1.5"),
        (Money(10**18, "USD"), "1000000000"),
        (Money(10**9, "JPY"), "100"),
    ],
)
def test_money_is_an_exact_decimal_in_major_units(money, amount):
    assert MoneySerializer(money).data == {"amount": amount, "currency": money.currency}
