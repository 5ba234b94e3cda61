"""A row draws its tokens with a generator of its own."""

import pytest
import torch
from torch import Tensor

from inference.runtimes.base import BadModel
from inference.runtimes.causal_lm.request import Sampling
from inference.runtimes.causal_lm.sampling import Sampler


def scores(size: int = 1_000) -> Tensor:
    return torch.randn(size, generator=torch.Generator().manual_seed(5)) * 3


def draws(sampling: Sampling, given: Tensor, count: int = 200) -> list[int]:
    sampler = Sampler(sampling)
    return [sampler.pick(given) for _ in range(count)]


def test_takes_the_best_at_no_temperature() -> None:
    assert draws(Sampling(temperature=0.0), torch.tensor([0.1, 2.0, 1.9])) == [1] * 200


@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_repeats_with_the_same_seed(top_p: float) -> None:
    sampling = Sampling(temperature=1.0, top_p=top_p, seed=3)

    assert draws(sampling, scores()) == draws(sampling, scores())


def test_differs_with_another_seed_and_without_one() -> None:
    first, second = (draws(Sampling(1.0, seed=seed), scores()) for seed in (3, 4))
    third, fourth = (draws(Sampling(1.0), scores()) for _ in range(2))

    assert len({tuple(first), tuple(second), tuple(third), tuple(fourth)}) == 4


def test_draws_by_the_shares() -> None:
    given = torch.tensor([0.5, 0.3, 0.2]).log()

    counts = torch.bincount(torch.tensor(draws(Sampling(1.0, seed=1), given, 4_000)))

    assert (counts / 4_000 - torch.tensor([0.5, 0.3, 0.2])).abs().max() < 0.025


def test_keeps_to_the_nucleus() -> None:
    given = torch.tensor([0.1, 0.6, 0.3]).log()

    assert set(draws(Sampling(1.0, top_p=0.6, seed=1), given)) == {1}
    assert set(draws(Sampling(1.0, top_p=0.61, seed=1), given)) == {1, 2}


def test_keeps_to_the_best_k() -> None:
    given = torch.tensor([0.1, 0.3, 0.2, 0.4]).log()

    assert set(draws(Sampling(1.0, top_k=2, seed=1), given)) == {1, 3}
    assert set(draws(Sampling(1.0, top_k=1, seed=1), given)) == {3}
    assert set(draws(Sampling(1.0, top_k=99, seed=1), given)) == {0, 1, 2, 3}


def test_widens_the_nucleus_beyond_the_first_candidates() -> None:
    flat = torch.zeros(2_000)

    assert len(set(draws(Sampling(1.0, top_p=0.9, seed=1), flat, 2_000))) > 1_000


def test_a_low_temperature_is_almost_greedy() -> None:
    assert set(draws(Sampling(0.01, seed=1), torch.tensor([1.0, 1.5, 0.2]))) == {1}


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_refuses_scores_that_are_not_finite(bad: float, temperature: float) -> None:
    with pytest.raises(BadModel, match="not finite"):
        Sampler(Sampling(temperature)).pick(torch.tensor([1.0, bad]))
