"""Tariffs as a textbook: what each kind of price makes of the same kind of month."""

from decimal import Decimal

import pytest

from billing.errors import AmountTooLarge
from billing.pricing import ceiling, formula, monthly_bill, rate, read_tariff

DOLLAR = 10**9
CENT = 10**7


def usd(*charges, **rest):
    return read_tariff({"currency": "USD", "charges": list(charges), **rest})


def opened(rating) -> list[tuple[str, int, int]]:
    return [(line.kind, line.quantity, line.amount_nano) for line in rating.lines]


TOKENS = {"kind": "unit", "meter": "input_tokens", "price": "0.10", "per": 1_000_000}


def test_per_unit_a_chat_of_800_tokens_costs_eighty_millionths_of_a_dollar():
    rating = rate(usd(TOKENS), {"input_tokens": 800})

    assert rating.cost_nano == 80_000
    assert [formula(line, "USD") for line in rating.lines] == [
        "800 input tokens × $0.10 / 1,000,000 = $0.00008"
    ]


def test_flat_a_call_costs_the_same_whatever_its_size():
    tariff = usd({"kind": "flat", "meter": "images", "price": "0.02"})

    assert rate(tariff, {"images": 1}).cost_nano == 2 * CENT
    assert rate(tariff, {"images": 7}).cost_nano == 2 * CENT
    assert rate(tariff, {"images": 0}).cost_nano == 0


GRADUATED = {
    "kind": "graduated",
    "meter": "requests",
    "tiers": [
        {"up_to": 100, "price": "0.10"},
        {"up_to": 200, "price": "0.08", "fee": "1"},
        {"up_to": None, "price": "0.05"},
    ],
}


def test_graduated_each_request_pays_the_price_of_its_own_tier():
    rating = rate(usd(GRADUATED), {"requests": 250})

    assert opened(rating) == [
        ("tier", 100, 10 * DOLLAR),
        ("tier", 100, 9 * DOLLAR),
        ("tier", 50, 250 * CENT),
    ]
    assert rating.cost_nano == 2150 * CENT


def test_graduated_a_call_begins_where_the_month_stands():
    rating = rate(usd(GRADUATED), {"requests": 3}, used_before={"requests": 99})

    assert opened(rating) == [("tier", 1, 10 * CENT), ("tier", 2, 116 * CENT)]


VOLUME = {
    "kind": "volume",
    "meter": "rows",
    "per": 1000,
    "tiers": [{"up_to": 10_000, "price": "1"}, {"up_to": None, "price": "0.50"}],
}


def test_volume_reaching_a_tier_prices_the_whole_month():
    assert monthly_bill(usd(VOLUME), {"rows": 10_000}).total_nano == 10 * DOLLAR
    assert monthly_bill(usd(VOLUME), {"rows": 12_000}).total_nano == 6 * DOLLAR


def test_volume_has_the_known_cliff_and_the_ceiling_stands_above_it():
    tariff = usd(VOLUME)
    before = {"rows": 9_000}

    assert rate(tariff, {"rows": 1_000}, used_before=before).cost_nano == DOLLAR
    assert rate(tariff, {"rows": 1_001}, used_before=before).cost_nano == 500_500_000
    assert ceiling(tariff, {"rows": 1_001}, used_before=before).cost_nano == 1_001_000_000


def test_package_each_begun_package_is_paid_once():
    tariff = usd({"kind": "package", "meter": "requests", "price": "2", "size": 1000})

    assert rate(tariff, {"requests": 1}).cost_nano == 2 * DOLLAR
    assert rate(tariff, {"requests": 1}, used_before={"requests": 1}).cost_nano == 0
    assert rate(tariff, {"requests": 1}, used_before={"requests": 1000}).cost_nano == 2 * DOLLAR


def test_free_allowance_the_first_units_of_a_month_cost_nothing():
    rating = rate(
        usd(TOKENS, free={"input_tokens": 10_000}),
        {"input_tokens": 4_000},
        used_before={"input_tokens": 9_000},
    )

    assert opened(rating) == [("free", 1_000, 0), ("unit", 3_000, 300_000)]


def test_minimum_commitment_a_quiet_month_is_raised_to_it():
    tariff = usd(TOKENS, minimum="50")

    quiet = monthly_bill(tariff, {"input_tokens": 100_000_000})
    busy = monthly_bill(tariff, {"input_tokens": 900_000_000})

    assert (quiet.usage_nano, quiet.true_up_nano) == (10 * DOLLAR, 40 * DOLLAR)
    assert (busy.usage_nano, busy.true_up_nano) == (90 * DOLLAR, 0)


def test_subscription_the_fee_includes_quantities_and_the_rest_is_metered():
    tariff = usd(
        {"kind": "unit", "meter": "requests", "price": "0.01"},
        recurring={
            "fee": "49",
            "included": {"requests": 10_000},
            "service_level": {"name": "Gold", "availability_percent": "99.9"},
        },
    )

    bill = monthly_bill(tariff, {"requests": 10_500}, calls=10_500)

    assert (bill.fee_nano, bill.usage_nano) == (49 * DOLLAR, 5 * DOLLAR)
    assert bill.total_nano == 54 * DOLLAR
    assert tariff.recurring.service_level.availability_percent == Decimal("99.9")


def test_license_is_due_once_and_not_part_of_a_month():
    bill = monthly_bill(usd(license={"fee": "5000", "seats": 3}), {})

    assert (bill.license_nano, bill.total_nano) == (5000 * DOLLAR, 0)


def test_compute_is_priced_by_hardware():
    tariff = usd(
        {"kind": "unit", "meter": "compute_ms.cpu", "price": "0.36", "per": 3_600_000},
        {"kind": "unit", "meter": "compute_ms.h200", "price": "3.60", "per": 3_600_000},
    )

    assert rate(tariff, {"compute_ms.cpu": 1000}).cost_nano == 100_000
    assert rate(tariff, {"compute_ms.h200": 1000}).cost_nano == DOLLAR // 1000


def test_rounding_half_goes_to_even_and_lines_share_what_is_missing():
    third = {"kind": "unit", "price": "0.000000001", "per": 3}
    tariff = usd({**third, "meter": "requests"}, {**third, "meter": "rows"})

    rating = rate(tariff, {"requests": 2, "rows": 2})

    assert rating.cost_nano == 1
    assert opened(rating) == [("unit", 2, 1), ("unit", 2, 0)]
    half = usd({"kind": "unit", "meter": "requests", "price": "0.0000000005"})
    assert [rate(half, {"requests": n}).cost_nano for n in (1, 3, 5)] == [0, 2, 2]


def test_a_meter_without_a_charge_costs_nothing_and_a_free_tariff_never_does():
    assert rate(usd(TOKENS), {"output_tokens": 10**9}).cost_nano == 0
    assert usd().is_free
    assert not usd(TOKENS).is_free


def test_an_amount_beyond_64_bits_is_refused():
    tariff = usd({"kind": "unit", "meter": "requests", "price": "999999999"})

    with pytest.raises(AmountTooLarge):
        rate(tariff, {"requests": 10})
