"""Perplexity is the exponential of the mean surprise, window by window."""

import math

import pytest
import torch

from inference.runtimes.causal_lm.cache import PromptAttention
from inference.runtimes.causal_lm.loaded import CausalLm
from inference.runtimes.causal_lm.perplexity import perplexity


def surprises(model: CausalLm, tokens: list[int]) -> list[float]:
    with torch.inference_mode():
        positions = torch.arange(len(tokens))[None]
        states = model.decoder.forward(torch.tensor([tokens]), positions, PromptAttention())
        shares = model.decoder.logits(states)[0].log_softmax(-1)
    return [-float(shares[place, token]) for place, token in enumerate(tokens[1:])]


def test_is_the_exponential_of_the_mean_surprise(model: CausalLm) -> None:
    text = "and the sea"
    wanted = surprises(model, model.tokenizer.encode(text))

    assert perplexity(model, text) == pytest.approx(math.exp(sum(wanted) / len(wanted)), rel=1e-5)


def test_reads_windows_that_know_nothing_of_each_other(model: CausalLm) -> None:
    tokens = model.tokenizer.encode("x1y2z3w4v")
    wanted = [*surprises(model, tokens[:4]), *surprises(model, tokens[4:8])]

    assert len(tokens) == 9
    assert perplexity(model, "x1y2z3w4v", window=4) == pytest.approx(
        math.exp(sum(wanted) / 6), rel=1e-5
    )


@pytest.mark.parametrize("text", ["", "x"])
def test_refuses_a_text_with_nothing_to_predict(model: CausalLm, text: str) -> None:
    with pytest.raises(ValueError, match="shorter than two tokens"):
        perplexity(model, text)
