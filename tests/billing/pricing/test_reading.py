import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.pricing import read_tariff, tariff_as_json, tariff_digest
from marketplace.core.errors import InvalidInput

NAMES = ("currency", "charges", "kind", "meter", "tiers", "price", "per", "up_to", "free", "fee")
VALUES = ("USD", "unit", "volume", "requests", "0.5", "recurring", "license", "minimum")
WORDS = st.sampled_from([*NAMES, *VALUES])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner),
    max_leaves=25,
)
UNIT = {"kind": "unit", "meter": "requests", "price": "0.002"}


def usd(**rest):
    return {"currency": "USD", "charges": [UNIT], **rest}


def problems_of(form) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        read_tariff(form)
    return {problem.field: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (None, "tariff"),
        ({"charges": []}, "tariff.currency"),
        (usd(currency="XXX"), "tariff.currency"),
        (usd(charges={}), "tariff.charges"),
        (usd(charges=[{**UNIT, "kind": "magic"}]), "tariff.charges.0.kind"),
        (usd(charges=[7]), "tariff.charges.0.kind"),
        (usd(charges=[{**UNIT, "meter": "smiles"}]), "tariff.charges.0.meter"),
        (usd(charges=[{**UNIT, "meter": "compute_ms."}]), "tariff.charges.0.meter"),
        (usd(charges=[{**UNIT, "price": 0.002}]), "tariff.charges.0.price"),
        (usd(charges=[{**UNIT, "price": "-1"}]), "tariff.charges.0.price"),
        (usd(charges=[{**UNIT, "price": "1e9"}]), "tariff.charges.0.price"),
        (usd(charges=[{**UNIT, "per": 0}]), "tariff.charges.0.per"),
        (usd(charges=[{**UNIT, "per": True}]), "tariff.charges.0.per"),
        (usd(charges=[{**UNIT, "rate": "1"}]), "tariff.charges.0.rate"),
        (usd(charges=[UNIT, UNIT]), "tariff.charges.1.meter"),
        (usd(free={"rows": 5}), "tariff.free.rows"),
        (usd(free={"requests": "5"}), "tariff.free.requests"),
        (usd(recurring={"fee": "49", "included": {"rows": 1}}), "tariff.recurring.included.rows"),
        (usd(recurring={"fee": "49", "interval": "week"}), "tariff.recurring.interval"),
        (usd(recurring={}), "tariff.recurring.fee"),
        (usd(minimum="fifty"), "tariff.minimum"),
        ({"currency": "USD", "minimum": "50"}, "tariff.minimum"),
        (usd(license={"fee": "5", "seats": 0}), "tariff.license.seats"),
        (usd(discount="0.5"), "tariff.discount"),
    ],
)
def test_a_problem_names_its_field(form, field):
    assert list(problems_of(form)) == [field]


def tiered(*tiers):
    return usd(charges=[{"kind": "graduated", "meter": "requests", "tiers": list(tiers)}])


def test_tiers_rise_and_the_last_one_is_open():
    form = tiered(
        {"up_to": 10, "price": "1"}, {"up_to": 10, "price": "1"}, {"up_to": 30, "price": "1"}
    )

    assert problems_of(form) == {
        "tariff.charges.0.tiers.1.up_to": "This must be above 10, where the tier begins.",
        "tariff.charges.0.tiers.2.up_to": "The last tier has no end; give null.",
    }


def test_all_problems_are_told_at_once():
    form = {"currency": "USD", "charges": [{**UNIT, "price": None}, {"kind": "flat"}]}

    assert list(problems_of(form)) == [
        "tariff.charges.0.price",
        "tariff.charges.1.meter",
        "tariff.charges.1.price",
    ]


def test_a_promise_above_a_hundred_percent_is_refused():
    level = {"name": "Gold", "availability_percent": "100.1"}

    found = problems_of(usd(recurring={"fee": "49", "service_level": level}))

    assert found == {"tariff.recurring.service_level.availability_percent": "This is above 100."}


def test_equal_tariffs_have_one_digest_however_they_are_written():
    first = read_tariff(usd(charges=[{**UNIT, "price": "0.0020", "per": 1}]))
    second = read_tariff({"charges": [UNIT], "currency": "USD", "free": {}})

    assert tariff_digest(first) == tariff_digest(second)
    assert tariff_as_json(first) == {
        "currency": "USD",
        "charges": [{"kind": "unit", "meter": "requests", "price": "0.002", "per": 1}],
    }


def test_another_price_has_another_digest():
    assert tariff_digest(read_tariff(usd())) != tariff_digest(read_tariff(usd(minimum="1")))


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_whatever_is_sent_it_is_a_tariff_or_refused_by_field(form):
    try:
        read_tariff(form)
    except InvalidInput as refused:
        fields = [problem.field for problem in refused.problems]
    else:
        fields = []

    assert all(field.startswith("tariff") for field in fields)
