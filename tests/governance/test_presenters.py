"""What people read of a fairness result."""

from types import SimpleNamespace

import pytest

from governance.cards import written
from governance.fairness import fairness_report
from governance.presenters import attribute_views

SEXES = ["f"] * 60 + ["m"] * 58 + ["x"] * 2
RACES = (["a"] * 30 + ["b"] * 30) * 2
DECISIONS = [0] * 50 + [1] * 10 + [1] * 30 + [0] * 30
TRUTH = [0, 1] * 60


@pytest.fixture
def views():
    report = fairness_report(TRUTH, DECISIONS, {"sex": SEXES, "race": RACES})
    return attribute_views(SimpleNamespace(report=report))


def test_attributes_are_named_as_in_a_sentence(views):
    assert [one.name for one in views] == ["Sex", "Race", "Sex and race"]


def test_shares_stay_within_their_bounds_and_line_up():
    report = fairness_report([0] * 14 + [1], [0] * 14 + [1], {"sex": ["f"] * 14 + ["m"]})
    report["attributes"]["sex"]["groups"][0]["selection_interval"] = (1.388e-17, 0.21531)

    rows = attribute_views(SimpleNamespace(report=report))[0].rows

    assert rows[0].selection.value == "0.000"
    assert rows[0].selection.interval == "0.000 to 0.215"
    assert rows[1].selection.interval.endswith(" to 1.000")


def test_a_small_group_is_marked_and_not_judged(views):
    small = {row.name: (row.is_small, row.is_below) for row in views[0].rows}

    assert small == {"f": (False, True), "m": (False, False), "x": (True, False)}
    assert views[0].has_small
    assert not views[1].has_small


def test_measures_over_groups_have_their_bootstrap_intervals(views):
    pairs = {pair.label: pair for pair in views[1].differences}

    assert list(pairs) == [
        "Lowest impact ratio",
        "Demographic parity difference",
        "Demographic parity ratio",
        "Equalized odds difference",
        "Equalized odds ratio",
    ]
    for pair in pairs.values():
        low, high = pair.note.removeprefix("95 % interval ").split(" to ")
        assert 0 <= float(low) <= float(pair.value) <= float(high) <= 1


def test_a_result_from_before_the_bootstrap_has_none():
    report = fairness_report(TRUTH, DECISIONS, {"sex": SEXES})
    del report["attributes"]["sex"]["intervals"]

    views = attribute_views(SimpleNamespace(report=report))

    assert {pair.note for pair in views[0].differences} == {""}


def test_charts_share_one_scale_with_whiskers(views):
    maxima = {one.chart.maximum for one in views}

    assert len(maxima) == 1
    assert str(views[0].chart.render()).count("bar__whisker") == 3 * len(views[0].rows)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.388e-17, "0"),
        (0.0, "0"),
        (0.00001234, "0.00001234"),
        (0.38475953, "0.3848"),
        (0.99999, "1"),
        (-0.5, "-0.5"),
        (14.23, "14.23"),
        (12345.6, "12,350"),
        (7, "7"),
        ("AdamW", "AdamW"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_four_digits_and_no_exponent(value, words):
    assert written(value) == words
