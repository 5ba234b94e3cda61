import random

import pytest
from sklearn.metrics import f1_score as reference_f1
from sklearn.metrics import log_loss as reference_log_loss
from sklearn.metrics import roc_auc_score

from governance.statistics import area_under_curve, f1_score, log_loss, mase, wilson_interval


def test_the_wilson_interval_of_a_textbook_example():
    low, high = wilson_interval(8, 10)

    assert low == pytest.approx(0.4902, abs=1e-4)
    assert high == pytest.approx(0.9433, abs=1e-4)


def test_the_wilson_interval_stays_between_zero_and_one():
    assert wilson_interval(0, 5)[0] == 0.0
    assert wilson_interval(5, 5)[1] == 1.0
    assert wilson_interval(0, 14)[0] == 0.0
    assert wilson_interval(30, 30)[1] == 1.0
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_the_area_under_the_curve_agrees_with_the_reference_also_on_ties():
    dice = random.Random(3)
    for _ in range(100):
        truth = [0, 1, *(dice.randrange(2) for _ in range(40))]
        scores = [dice.randrange(8) / 8 for _ in truth]
        assert area_under_curve(truth, scores) == pytest.approx(roc_auc_score(truth, scores))


def test_one_class_has_no_area():
    with pytest.raises(ValueError, match="both classes"):
        area_under_curve([1, 1], [0.2, 0.3])


def test_f1_agrees_with_the_reference():
    dice = random.Random(4)
    for _ in range(100):
        truth = [dice.random() < 0.5 for _ in range(30)]
        said = [dice.random() < 0.5 for _ in range(30)]
        assert f1_score(truth, said) == pytest.approx(reference_f1(truth, said))


def test_the_naive_forecast_of_a_ramp_has_a_scaled_error_of_its_distance():
    assert mase([5.0, 6.0], [4.0, 4.0], [1.0, 2.0, 3.0, 4.0]) == pytest.approx(1.5)


def test_a_constant_history_cannot_scale():
    with pytest.raises(ValueError, match="constant"):
        mase([1.0], [1.0], [2.0, 2.0, 2.0])


def test_the_log_loss_agrees_with_the_reference():
    dice = random.Random(5)
    truth = [0, 1, *(dice.randrange(2) for _ in range(60))]
    probabilities = [dice.random() for _ in truth]

    assert log_loss(truth, probabilities) == pytest.approx(reference_log_loss(truth, probabilities))


def test_a_certain_error_costs_much_but_not_everything():
    assert log_loss([1, 1], [1.0, 0.0]) == pytest.approx(34.5388 / 2, abs=1e-3)
