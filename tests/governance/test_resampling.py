import warnings

import numpy as np
import pytest
from fairlearn import metrics as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.fairness import fairness_report
from governance.resampling import RESAMPLES, bootstrap_intervals, parity_measures

PERSON = st.tuples(st.sampled_from("abcd"), st.integers(0, 1), st.integers(0, 1))
PEOPLE = st.lists(PERSON, min_size=1, max_size=80)
MEASURES = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equalized_odds_difference",
    "equalized_odds_ratio",
)
EVERYBODY = np.array([True, True])


def counts_of(people):
    names = sorted({group for group, _, _ in people})
    counts = np.zeros((len(names), 2, 2), dtype=np.int64)
    for group, label, decision in people:
        counts[names.index(group), label, decision] += 1
    return counts


def reference_of(name, people):
    groups, truth, decisions = zip(*people, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(reference, name)(truth, decisions, sensitive_features=list(groups))


@settings(max_examples=50, deadline=None)
@given(people=PEOPLE)
def test_every_measure_agrees_with_fairlearn(people):
    counts = counts_of(people)

    ours = parity_measures(counts, np.ones(len(counts), dtype=bool))

    for name in MEASURES:
        theirs = reference_of(name, people)
        # Where every rate is zero the reference has no ratio; the next test says what we have.
        if not np.isnan(theirs):
            assert float(ours[name]) == pytest.approx(theirs, abs=1e-9), name


def test_groups_of_which_nobody_is_selected_are_alike():
    measures = parity_measures(np.array([[[5, 0], [5, 0]], [[9, 0], [1, 0]]]), EVERYBODY)

    assert float(measures["demographic_parity_ratio"]) == 1.0
    assert float(measures["equalized_odds_ratio"]) == 1.0
    assert float(measures["demographic_parity_difference"]) == 0.0


@settings(max_examples=150, deadline=None)
@given(people=PEOPLE)
def test_the_report_and_its_intervals_measure_the_same(people):
    groups, truth, decisions = (list(column) for column in zip(*people, strict=True))

    table = fairness_report(truth, decisions, {"g": groups})["attributes"]["g"]

    decisive = np.array([not group["is_small"] for group in table["groups"]])
    for name, value in parity_measures(counts_of(people), decisive).items():
        assert table[name] == pytest.approx(float(value), abs=1e-12), name


def test_intervals_are_the_same_every_time():
    counts = np.array([[[30, 10], [5, 25]], [[50, 5], [20, 10]]])

    assert bootstrap_intervals(counts, EVERYBODY) == bootstrap_intervals(counts, EVERYBODY)


def test_intervals_hold_the_estimate_and_narrow_with_more_people():
    few = np.array([[[30, 10], [5, 25]], [[50, 5], [20, 10]]])
    many = 100 * few

    wide, narrow = bootstrap_intervals(few, EVERYBODY), bootstrap_intervals(many, EVERYBODY)

    for name, value in parity_measures(few, EVERYBODY).items():
        assert wide[name][0] < float(value) < wide[name][1]
        assert narrow[name][1] - narrow[name][0] < (wide[name][1] - wide[name][0]) / 4


def test_an_interval_agrees_with_the_normal_approximation():
    # Selection rates 0.5 and 0.4 of 2,000 each: the difference has deviation 0.0156.
    counts = np.array([[[500, 500], [500, 500]], [[600, 400], [600, 400]]])

    low, high = bootstrap_intervals(counts, EVERYBODY)["demographic_parity_difference"]

    assert (low, high) == pytest.approx((0.1 - 1.96 * 0.0156, 0.1 + 1.96 * 0.0156), abs=0.005)


def test_groups_too_small_to_judge_do_not_widen_the_impact_ratio():
    counts = np.array([[[500, 500], [500, 500]], [[500, 500], [500, 500]], [[1, 0], [0, 0]]])

    intervals = bootstrap_intervals(counts, np.array([True, True, False]))

    assert intervals["lowest_impact_ratio"][0] > 0.85
    assert intervals["demographic_parity_ratio"][0] == 0.0


def test_draws_without_some_group_still_have_numbers():
    counts = np.array([[[0, 1], [0, 0]], [[0, 0], [1, 0]]])

    measures = parity_measures(np.array([counts] * 3), EVERYBODY)
    intervals = bootstrap_intervals(counts, EVERYBODY)

    assert all(np.isfinite(values).all() for values in measures.values())
    assert all(np.isfinite(edges).all() for edges in intervals.values())
    assert RESAMPLES == 1_000
