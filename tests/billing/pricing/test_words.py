from decimal import Decimal

import pytest

from billing.pricing import Line, amount_in_words, describe, formula, meter_of, read_tariff


def usd(*charges, **rest):
    return read_tariff({"currency": "USD", "charges": list(charges), **rest})


def unit(meter, price, per=1):
    return {"kind": "unit", "meter": meter, "price": price, "per": per}


TIERS = [{"up_to": 100, "price": "0.10"}, {"up_to": None, "price": "0.05"}]


@pytest.mark.parametrize(
    ("tariff", "line"),
    [
        (usd(), "Free"),
        (usd(unit("input_tokens", "0.10", 10**6)), "$0.10 / 1M input tokens"),
        (usd(unit("input_tokens", "0.0000001")), "$0.10 / 1M input tokens"),
        (usd(unit("requests", "0.002")), "$0.002 / request"),
        (usd(unit("rows", "1", 7)), "$1 / 7 rows"),
        (usd(unit("audio_ms", "0.006", 60_000)), "$0.006 / minute of audio"),
        (usd(unit("audio_ms", "0.0001", 1000)), "$0.0001 / second of audio"),
        (usd(unit("compute_ms.h200", "3.60", 3_600_000)), "$3.60 / H200 hour"),
        (usd({"kind": "flat", "meter": "images", "price": "0.02"}), "$0.02 / call"),
        (
            usd({"kind": "package", "meter": "requests", "price": "2", "size": 1000}),
            "$2 / package of 1,000 requests",
        ),
        (
            usd({"kind": "graduated", "meter": "requests", "tiers": TIERS}),
            "from $0.05 / request",
        ),
        (usd(recurring={"fee": "49"}), "$49 / month"),
        (usd(license={"fee": "5000"}), "$5,000 once"),
        (
            usd(unit("requests", "0.01"), minimum="50"),
            "$0.01 / request · at least $50 / month",
        ),
    ],
)
def test_a_price_line_says_what_a_buyer_asks_first(tariff, line):
    assert describe(tariff) == line


def test_a_long_price_line_is_cut_between_prices():
    meters = ("input_tokens", "cached_tokens", "output_tokens", "requests", "images")

    line = describe(usd(*(unit(meter, "0.123456") for meter in meters)))

    assert line == "$123,456 / 1M input tokens · $123,456 / 1M cached tokens + more"
    assert len(line) <= 80


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line("rows", "unit", 1, Decimal("2"), 1, Decimal(0), 2 * 10**9), "1 row × $2 = $2.00"),
        (
            Line("rows", "tier", 5, Decimal("2"), 10, Decimal("1"), 2 * 10**9),
            "5 rows × $2 / 10 + $1 = $2.00",
        ),
        (
            Line("rows", "free", 5, Decimal(0), 1, Decimal(0), 0),
            "5 rows within the allowance = $0.00",
        ),
        (
            Line("requests", "package", 2, Decimal("3"), 1, Decimal(0), 6 * 10**9),
            "2 packages of requests × $3 = $6.00",
        ),
        (Line("images", "flat", 1, Decimal("3"), 1, Decimal(0), 3 * 10**9), "1 call × $3 = $3.00"),
    ],
)
def test_a_formula_shows_the_arithmetic(line, words):
    assert formula(line, "USD") == words


def test_amounts_show_minor_digits_only_when_they_are_not_whole():
    assert amount_in_words(Decimal("49.00"), "USD") == "$49"
    assert amount_in_words(Decimal("0.5"), "EUR") == "€0.50"
    assert amount_in_words(Decimal("1234.567"), "CHF") == "1,234.567 CHF"


def test_an_undeclared_meter_is_shown_as_it_is_written():
    assert meter_of("solar_flares").count(2) == "2 solar flares"


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (300_000, "5 minutes of audio"),
        (60_000, "1 minute of audio"),
        (1_000, "1 second of audio"),
        (90_000, "90 seconds of audio"),
        (1_500, "1,500 ms of audio"),
        (0, "0 ms of audio"),
    ],
)
def test_an_allowance_is_said_in_the_largest_unit_that_divides_it(quantity, words):
    assert meter_of("audio_ms").say(quantity) == words
    assert meter_of("requests").say(quantity) == meter_of("requests").count(quantity)
