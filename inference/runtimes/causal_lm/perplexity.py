"""How surprised a model is by a text, the measure its adapters are judged by."""

import math

import torch
import torch.nn.functional as F

from inference.runtimes.causal_lm.cache import PromptAttention
from inference.runtimes.causal_lm.loaded import ChatModel

WINDOW = 512


@torch.inference_mode()
def perplexity(model: ChatModel, text: str, *, window: int = WINDOW) -> float:
    """Return the perplexity of ``text``, read in windows that know nothing of each other.

    Every token is scored but the first of each window. Raises ``ValueError`` for a text of
    fewer than two tokens.
    """
    tokens = model.tokenizer.encode(text)
    surprise, scored = 0.0, 0
    for start in range(0, len(tokens) - 1, window):
        piece = tokens[start : start + window]
        if len(piece) > 1:
            surprise += _surprise(model, piece)
            scored += len(piece) - 1
    if not scored:
        raise ValueError("the text is shorter than two tokens")
    return math.exp(surprise / scored)


def _surprise(model: ChatModel, piece: list[int]) -> float:
    """Return the sum of the negative log-likelihoods of all tokens but the first."""
    decoder = model.decoder
    tokens = torch.tensor([piece], device=decoder.device)
    positions = torch.arange(len(piece) - 1, device=decoder.device)[None]
    states = decoder.forward(tokens[:, :-1], positions, PromptAttention(), model.adapter)
    scores = decoder.logits(states)[0].float()
    return float(F.cross_entropy(scores, tokens[0, 1:], reduction="sum"))
