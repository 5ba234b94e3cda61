"""The forecaster of series."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.runtimes.base import BadModel, Json, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.forecaster import ForecasterRuntime
from inference.runtimes.forecaster.model import Forecaster
from inference.runtimes.forecaster.periods import (
    phases,
    recency,
    seasonal_guess,
    significant_periods,
    with_gaps_filled,
)
from tests.inference.runtimes.tiny_others import tiny_forecaster

WAVE = [10 + 5 * float(np.sin(2 * np.pi * step / 8)) for step in range(40)]


def run(folder: Path, *inputs: dict[str, Any]) -> list[RunResult | Exception]:
    model = Forecaster.load(folder, device="cpu")
    return model.run([RunRequest(str(place), value) for place, value in enumerate(inputs)])


def output(result: RunResult | Exception) -> Json:
    assert isinstance(result, RunResult)
    return result.output


def periods(values: torch.Tensor, **changes: Any) -> list[list[int]]:
    options = {"most": 3, "shortest": 2, "significance": 0.05, **changes}
    return significant_periods(values, **options).tolist()


def test_forecasts_every_quantile_of_every_step(tmp_path: Path) -> None:
    answer = output(run(tiny_forecaster(tmp_path), {"series": WAVE, "horizon": 4})[0])

    assert list(answer["quantiles"]) == ["0.1", "0.5", "0.9"]
    assert {len(steps) for steps in answer["quantiles"].values()} == {4}
    assert answer["median"] == answer["quantiles"]["0.5"]


def test_forecasts_one_block_unless_asked_otherwise(tmp_path: Path) -> None:
    (result,) = run(tiny_forecaster(tmp_path), {"series": WAVE})

    assert len(output(result)["median"]) == 6
    assert isinstance(result, RunResult)
    assert result.usage == {"requests": 1}


def test_a_long_horizon_goes_on_from_its_own_median(tmp_path: Path) -> None:
    folder = tiny_forecaster(tmp_path)
    first = output(run(folder, {"series": WAVE})[0])["median"]

    both = output(run(folder, {"series": WAVE, "horizon": 10})[0])["median"]
    second = output(run(folder, {"series": [*WAVE, *first], "horizon": 4})[0])["median"]

    assert both[:6] == first
    assert both[6:] == pytest.approx(second, rel=1e-4)


def test_a_batch_of_lengths_and_horizons_answers_each(tmp_path: Path) -> None:
    folder = tiny_forecaster(tmp_path)
    inputs = [
        {"series": WAVE, "horizon": 20},
        {"series": WAVE[:9], "horizon": 2},
        {"series": [1e6 * value for value in WAVE], "horizon": 7},
    ]

    together = run(folder, *inputs)

    for value, result in zip(inputs, together, strict=True):
        alone = output(run(folder, value)[0])["median"]
        assert output(result)["median"] == pytest.approx(alone, rel=1e-4)


def test_a_forecast_follows_the_scale_and_level_of_its_series(tmp_path: Path) -> None:
    folder = tiny_forecaster(tmp_path)
    plain = np.array(output(run(folder, {"series": WAVE})[0])["median"])

    moved = output(run(folder, {"series": [1000 + 4 * value for value in WAVE]})[0])["median"]

    assert moved == pytest.approx((1000 + 4 * plain).tolist(), rel=1e-4)


def test_values_may_be_missing(tmp_path: Path) -> None:
    folder = tiny_forecaster(tmp_path)
    gaps: list[float | None] = [*WAVE]
    gaps[10:14] = [None] * 4

    whole, partial = run(folder, {"series": WAVE}, {"series": gaps})

    assert np.isfinite(output(partial)["median"]).all()
    assert output(partial) != output(whole)


def test_a_constant_series_can_be_forecast(tmp_path: Path) -> None:
    answer = output(run(tiny_forecaster(tmp_path), {"series": [7.0] * 20})[0])

    assert answer["median"] == pytest.approx([7.0] * 6, abs=0.01)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({}, "series"),
        ({"series": "1,2,3"}, "series"),
        ({"series": [1] * 7}, "series"),
        ({"series": [1] * 65}, "series"),
        ({"series": [1, *[None] * 12]}, "series"),
        ({"series": [*WAVE, float("nan")]}, "series.40"),
        ({"series": [*WAVE, float("inf")]}, "series.40"),
        ({"series": [*WAVE, 1e16]}, "series.40"),
        ({"series": [*WAVE, 10**400]}, "series.40"),
        ({"series": [True, *WAVE]}, "series.0"),
        ({"series": ["1", *WAVE]}, "series.0"),
        ({"series": WAVE, "horizon": 0}, "horizon"),
        ({"series": WAVE, "horizon": 193}, "horizon"),
        ({"series": WAVE, "horizon": 2.5}, "horizon"),
    ],
)
def test_names_the_field_that_is_wrong(tmp_path: Path, value: dict[str, Any], field: str) -> None:
    (result,) = run(tiny_forecaster(tmp_path), value)

    assert isinstance(result, RuntimeRefusal)
    assert result.field == field


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"context": 10**7}, "context must be a whole number from 16 to 4096"),
        ({"stages": 64}, "stages must be a whole number from 1 to 12"),
        ({"quantiles": [0.1, 0.9]}, "quantiles must be a rising list with 0.5 in it"),
        ({"quantiles": [0.5, 0.1]}, "quantiles must be a rising list"),
        ({"quantiles": [0, 0.5]}, "quantiles must be a list of numbers"),
        ({"architecture": "lstm"}, "architecture must be one of fracast"),
    ],
)
def test_refuses_absurd_configs(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        ForecasterRuntime.signature(tiny_forecaster(tmp_path, **change))


def test_finds_the_period_of_a_wave() -> None:
    steps = torch.arange(256)

    assert periods(torch.sin(2 * torch.pi * steps / 16).view(1, -1))[0][0] == 16


def test_finds_no_period_in_noise() -> None:
    noise = torch.randn(1, 256, generator=torch.Generator().manual_seed(4))

    assert periods(noise, significance=0.001) == [[0, 0, 0]]


def test_finds_no_period_in_a_constant() -> None:
    assert periods(torch.ones(2, 64)) == [[0, 0, 0], [0, 0, 0]]


def test_gaps_take_the_mean_of_what_is_known() -> None:
    values = torch.tensor([[1.0, 0.0, 3.0], [0.0, 0.0, 0.0]])
    known = torch.tensor([[True, False, True], [False, False, False]])

    assert with_gaps_filled(values, known).tolist() == [[1, 2, 3], [0, 0, 0]]


def test_phases_are_zero_without_a_period() -> None:
    result = phases(3, torch.tensor([[2, 0]]))

    assert result[0, :, 2:].tolist() == [[0, 0]] * 3
    assert result[0, :, 1].tolist() == pytest.approx([1, -1, 1])


def test_recency_is_zero_now_and_rises_after() -> None:
    result = recency(torch.tensor([[3, 4, 8]]), 5)

    assert result[0, :, 0].tolist() == pytest.approx([-0.2, 0, 0.8])
    assert result[0, 1].tolist() == [0, 0, 1, 1, 1]


def test_a_season_is_guessed_by_its_past() -> None:
    values = torch.tensor([[1.0, 5.0, 1.0, 5.0, 9.0, 5.0]])
    known = torch.tensor([[True, True, True, True, False, True]])
    ahead = torch.tensor([[6, 7, 8]])

    guess = seasonal_guess(values, known, ahead, torch.tensor([[2]]), 2)

    assert guess.tolist() == [[1, 5, 1]]
