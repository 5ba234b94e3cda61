"""A step over the cache equals a pass over the whole text, for rows that come and go."""

import pytest
import torch
from torch import Tensor

from inference.runtimes.causal_lm.cache import (
    BatchedAttention,
    KvCache,
    PromptAttention,
    RowwiseAttention,
    blocks,
)
from inference.runtimes.causal_lm.loaded import CausalLm
from inference.runtimes.causal_lm.model import Decoder

TEXTS = ([5, 9, 14], [7] * 70, [3, 200, 8, 40, 11])


def whole(decoder: Decoder, tokens: list[int]) -> Tensor:
    positions = torch.arange(len(tokens))[None]
    return decoder.forward(torch.tensor([tokens]), positions, PromptAttention())[0, -1]


def filled(decoder: Decoder) -> KvCache:
    cache = KvCache(decoder, rows=len(TEXTS))
    for text in TEXTS:
        place = cache.add_row(room=len(text) + 8)
        positions = torch.arange(len(text))[None]
        decoder.forward(torch.tensor([text]), positions, PromptAttention(cache, place))
        cache.lengths[place] = len(text)
    return cache


def stepped(decoder: Decoder, cache: KvCache, tokens: list[int], *, batched: bool) -> Tensor:
    attend = (
        BatchedAttention(cache, decoder.device, decoder.dtype)
        if batched
        else RowwiseAttention(cache)
    )
    positions = torch.tensor(cache.lengths)[:, None]
    states = decoder.forward(torch.tensor(tokens)[:, None], positions, attend)
    cache.lengths = [length + 1 for length in cache.lengths]
    return states[:, -1]


@pytest.fixture(params=[True, False], ids=["batched", "rowwise"])
def batched(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_step_equals_the_whole(model: CausalLm, batched: bool) -> None:
    decoder = model.decoder
    with torch.inference_mode():
        cache = filled(decoder)
        stepped(decoder, cache, [60, 61, 62], batched=batched)
        states = stepped(decoder, cache, [63, 64, 65], batched=batched)
        wanted = [
            whole(decoder, [*text, *more])
            for text, more in zip(TEXTS, ([60, 63], [61, 64], [62, 65]), strict=True)
        ]

    torch.testing.assert_close(states, torch.stack(wanted))
    assert cache.lengths == [5, 72, 7]


@pytest.mark.parametrize(("gone", "left"), [(0, [2, 1]), (1, [0, 2]), (2, [0, 1])])
def test_rows_survive_the_end_of_another(
    model: CausalLm, batched: bool, gone: int, left: list[int]
) -> None:
    decoder = model.decoder
    with torch.inference_mode():
        cache = filled(decoder)
        cache.remove_row(gone)
        states = stepped(decoder, cache, [60, 61], batched=batched)
        wanted = [
            whole(decoder, [*TEXTS[row], token]) for row, token in zip(left, [60, 61], strict=True)
        ]

    torch.testing.assert_close(states, torch.stack(wanted))


def test_a_place_can_be_used_again(model: CausalLm, batched: bool) -> None:
    decoder = model.decoder
    with torch.inference_mode():
        cache = filled(decoder)
        cache.remove_row(1)
        place = cache.add_row(room=4)
        decoder.forward(
            torch.tensor([[33, 34]]), torch.arange(2)[None], PromptAttention(cache, place)
        )
        cache.lengths[place] = 2
        states = stepped(decoder, cache, [60, 61, 62], batched=batched)

        torch.testing.assert_close(states[2], whole(decoder, [33, 34, 62]))


def test_grows_without_losing_what_it_holds(model: CausalLm) -> None:
    decoder = model.decoder
    with torch.inference_mode():
        cache = filled(decoder)
        before = [part.clone() for part in cache.window(1, 64)]
        assert cache.capacity == 128

        cache.add_row(room=300)

    assert cache.capacity == 320
    for old, new in zip(before, cache.window(1, 64), strict=True):
        assert torch.equal(old, new[:3])


def test_rounds_up_to_whole_blocks() -> None:
    assert [blocks(length) for length in (0, 1, 64, 65)] == [0, 64, 64, 128]
