import random
import warnings

import pytest
from fairlearn import metrics as reference

from governance.fairness import fairness_report

MEASURES = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equalized_odds_difference",
    "equalized_odds_ratio",
)


def random_table(seed):
    dice = random.Random(seed)
    n = dice.randrange(40, 400)
    truth = [dice.randrange(2) for _ in range(n)]
    decisions = [dice.randrange(2) for _ in range(n)]
    groups = [dice.choice("abcd"[: dice.randrange(2, 5)]) for _ in range(n)]
    return truth, decisions, groups


def test_agrees_with_fairlearn_on_five_hundred_random_tables():
    for seed in range(500):
        truth, decisions, groups = random_table(seed)
        ours = fairness_report(truth, decisions, {"g": groups})["attributes"]["g"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            name = MEASURES[seed % len(MEASURES)]
            theirs = getattr(reference, name)(truth, decisions, sensitive_features=groups)
        assert ours[name] == pytest.approx(theirs, abs=1e-9), (seed, name)


def test_a_hand_computed_table():
    truth = [1, 1, 0, 0] * 2
    decisions = [1, 1, 1, 0, 1, 0, 0, 0]
    groups = ["m"] * 4 + ["f"] * 4

    table = fairness_report(truth, decisions, {"sex": groups})["attributes"]["sex"]

    women, men = table["groups"]
    assert (men["selection_rate"], women["selection_rate"]) == (0.75, 0.25)
    assert (men["impact_ratio"], women["impact_ratio"]) == (1.0, 0.25 / 0.75)
    assert (women["true_positive_rate"], women["false_positive_rate"]) == (0.5, 0.0)
    assert table["four_fifths_flag"]
    assert table["lowest_impact_ratio"] == 0.25 / 0.75


def test_small_groups_are_reported_and_do_not_decide_the_flag():
    truth, decisions = [1, 0] * 100, [1, 0] * 100
    groups = ["big"] * 198 + ["tiny"] * 2
    decisions[-2:] = [0, 0]

    table = fairness_report(truth, decisions, {"g": groups})["attributes"]["g"]

    assert [(one["group"], one["is_small"]) for one in table["groups"]] == [
        ("big", False),
        ("tiny", True),
    ]
    assert not table["four_fifths_flag"]


def test_unknown_groups_are_counted_and_stand_in_no_group():
    table = fairness_report([1, 0, 1], [1, 0, 1], {"g": ["a", None, "b"]})["attributes"]["g"]

    assert table["unknown"] == 1
    assert sum(one["n"] for one in table["groups"]) == 2


def test_two_attributes_also_give_their_intersections():
    report = fairness_report([1, 0], [1, 0], {"sex": ["f", "m"], "race": ["x", "y"]})

    names = [one["group"] for one in report["attributes"]["sex and race"]["groups"]]
    assert names == ["f, x", "m, y"]


def test_a_small_group_is_not_what_others_are_compared_with():
    decisions = [1, 0] * 99 + [1, 1]
    groups = ["a", "a", "b", "b"] * 49 + ["a", "b", "tiny", "tiny"]

    table = fairness_report(decisions, decisions, {"g": groups})["attributes"]["g"]

    impact = {one["group"]: one["impact_ratio"] for one in table["groups"]}
    assert impact["tiny"] > 1.9
    assert table["lowest_impact_ratio"] > 0.95
    assert table["demographic_parity_ratio"] < 0.52


def test_all_groups_are_compared_when_all_are_small():
    groups = [f"group {place}" for place in range(100)]

    table = fairness_report([1] * 100, [1] * 99 + [0], {"g": groups})["attributes"]["g"]

    assert {one["is_small"] for one in table["groups"]} == {True}
    assert table["lowest_impact_ratio"] == 0.0
    assert table["four_fifths_flag"]


def test_every_rate_and_measure_has_its_interval():
    truth, decisions, groups = random_table(7)

    table = fairness_report(truth, decisions, {"g": groups})["attributes"]["g"]

    for one in table["groups"]:
        for rate in ("selection_rate", "accuracy", "true_positive_rate", "false_positive_rate"):
            low, high = one[f"{rate.removesuffix('_rate')}_interval"]
            assert low <= one[rate] <= high
    for measure in (*MEASURES, "lowest_impact_ratio"):
        low, high = table["intervals"][measure]
        assert 0 <= low < high <= 1
    assert fairness_report(truth, decisions, {"g": groups})["attributes"]["g"] == table


def test_nobody_known_leaves_nothing_to_compare():
    table = fairness_report([1, 0], [1, 0], {"g": [None, None]})["attributes"]["g"]

    assert table["groups"] == []
    assert table["unknown"] == 2
    assert table["intervals"] == {}
    assert not table["four_fifths_flag"]
