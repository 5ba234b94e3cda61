"""The network of Fracast: one shared filter over a ladder of dilations, then a quantile head.

Written from the published weights and the behavior of the Apache-2.0 reference.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.forecaster import ForecasterConfig
from inference.runtimes.forecaster.periods import (
    RECENCY_FEATURES,
    phases,
    recency,
    seasonal_guess,
    significant_periods,
    with_gaps_filled,
)
from inference.runtimes.tensor_file import Shapes

Weights = dict[str, Tensor]


def forecast(config: ForecasterConfig, weights: Weights, values: Tensor, known: Tensor) -> Tensor:
    """Return quantiles of one block of steps for rows scaled to 0..1 over their context."""
    periods = significant_periods(
        with_gaps_filled(values, known),
        most=config.periods,
        shortest=config.shortest_period,
        significance=config.significance,
    )
    past = _encode(config, weights, values, known, periods)
    return _answer(config, weights, past, values, known, periods)


def _encode(
    config: ForecasterConfig, weights: Weights, values: Tensor, known: Tensor, periods: Tensor
) -> Tensor:
    rows, length = values.shape
    positions = torch.arange(length, device=values.device).expand(rows, -1)
    features = [
        values.unsqueeze(-1),
        known.unsqueeze(-1).to(values.dtype),
        recency(positions, length),
    ]
    hidden = _linear(weights, "core.in_proj", torch.cat(features, -1))
    hidden = hidden + _linear(weights, "core.periodic.proj", phases(length, periods))
    for stage in range(config.stages):
        hidden = _scaled(config, weights, hidden, stage)
        hidden = _filter(weights, "core.block", hidden, 2**stage)
    return _norm(weights, "core.norm", hidden)


def _answer(
    config: ForecasterConfig,
    weights: Weights,
    past: Tensor,
    values: Tensor,
    known: Tensor,
    periods: Tensor,
) -> Tensor:
    rows, length, _ = past.shape
    steps = torch.arange(length, length + config.block, device=past.device).expand(rows, -1)
    ahead = recency(steps, length)
    summary = torch.cat([past.mean(1), past[:, -1]], -1).unsqueeze(1)
    summary = summary.expand(-1, config.block, -1)
    hidden = _linear(weights, "head.summary_proj", torch.cat([ahead, summary], -1))
    hidden = hidden + weights["head.queries"]
    for layer in range(config.head_layers):
        inner = _gated(weights, f"head.decoder_ffns.{layer}", hidden)
        hidden = _norm(weights, f"head.decoder_norms.{layer}", hidden + inner)
    for layer in range(config.smoothing_layers):
        name = f"head.fc_blocks.{layer}"
        smooth = _convolved(weights, name, hidden, 2**layer)
        hidden = _norm(weights, f"{name}.norm", hidden + smooth)
    guess = seasonal_guess(values, known, steps, periods[:, :1], config.phase_bins)
    hidden = hidden + _continued(config, weights, past, guess, ahead)
    return _linear(weights, "head.out_proj", hidden)


def _continued(
    config: ForecasterConfig, weights: Weights, past: Tensor, guess: Tensor, ahead: Tensor
) -> Tensor:
    """Run the guessed future through a filter that has just seen the end of the past."""
    future = torch.cat([guess.unsqueeze(-1), ahead], -1)
    future = _linear(weights, "head.future_conv.in_proj", future)
    hidden = torch.cat([past[:, -config.future_seed :], future], 1)
    for layer in range(config.future_layers):
        hidden = _filter(weights, "head.future_conv.block", hidden, 2**layer)
    return _linear(weights, "head.future_conv.out_proj", hidden[:, -config.block :])


def _scaled(config: ForecasterConfig, weights: Weights, hidden: Tensor, stage: int) -> Tensor:
    """Tell the shared filter at which scale it works now."""
    octaves = torch.arange(config.scale_features // 2, device=hidden.device)
    angle = stage / torch.pow(2.0, octaves) * math.pi
    features = torch.cat([angle.sin(), angle.cos()])
    factor, shift = _linear(weights, "core.scale.to_gb", features).chunk(2, -1)
    return hidden * (1 + factor) + shift


def _filter(weights: Weights, name: str, hidden: Tensor, dilation: int) -> Tensor:
    mixed = _linear(weights, f"{name}.pw", _convolved(weights, name, hidden, dilation))
    hidden = _norm(weights, f"{name}.norm1", hidden + mixed)
    return _norm(weights, f"{name}.norm2", hidden + _gated(weights, f"{name}.ffn", hidden))


def _convolved(weights: Weights, name: str, hidden: Tensor, dilation: int) -> Tensor:
    """Filter each channel over time, looking only back."""
    weight, bias = weights[f"{name}.dw_weight"], weights[f"{name}.dw_bias"]
    padded = F.pad(hidden.transpose(1, 2), ((weight.shape[-1] - 1) * dilation, 0))
    result = F.conv1d(padded, weight, bias, dilation=dilation, groups=weight.shape[0])
    return result.transpose(1, 2)


def _gated(weights: Weights, name: str, hidden: Tensor) -> Tensor:
    gate, value = _linear(weights, f"{name}.up", hidden).chunk(2, -1)
    return _linear(weights, f"{name}.down", F.silu(gate) * value)


def _linear(weights: Weights, name: str, hidden: Tensor) -> Tensor:
    return F.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Weights, name: str, hidden: Tensor) -> Tensor:
    return F.rms_norm(hidden, hidden.shape[-1:], weights[f"{name}.weight"])


def expected_shapes(config: ForecasterConfig) -> Shapes:
    """Return the tensors that a file of this architecture holds, in upstream names."""
    width, inner = config.width, int(config.width * config.inner)
    shapes: dict[str, tuple[int, ...]] = {
        "core.norm.weight": (width,),
        "head.queries": (config.block, width),
    }
    shapes |= _linear_shapes("core.in_proj", width, 2 + RECENCY_FEATURES)
    shapes |= _linear_shapes("core.periodic.proj", width, 2 * config.periods)
    shapes |= _linear_shapes("core.scale.to_gb", 2 * width, config.scale_features)
    shapes |= _linear_shapes("head.summary_proj", width, 2 * width + RECENCY_FEATURES)
    shapes |= _linear_shapes("head.future_conv.in_proj", width, 1 + RECENCY_FEATURES)
    shapes |= _linear_shapes("head.future_conv.out_proj", width, width)
    shapes |= _linear_shapes("head.out_proj", len(config.quantiles), width)
    for name in ("core.block", "head.future_conv.block"):
        shapes |= _filter_shapes(name, width, inner, config.kernel)
    for layer in range(config.head_layers):
        shapes |= _gated_shapes(f"head.decoder_ffns.{layer}", width, config.head_inner)
        shapes[f"head.decoder_norms.{layer}.weight"] = (width,)
    for layer in range(config.smoothing_layers):
        name = f"head.fc_blocks.{layer}"
        shapes |= _convolution_shapes(name, width, config.smoothing_kernel)
        shapes[f"{name}.norm.weight"] = (width,)
    return shapes


def _filter_shapes(name: str, width: int, inner: int, kernel: int) -> dict[str, tuple[int, ...]]:
    return {
        **_convolution_shapes(name, width, kernel),
        **_linear_shapes(f"{name}.pw", width, width),
        **_gated_shapes(f"{name}.ffn", width, inner),
        f"{name}.norm1.weight": (width,),
        f"{name}.norm2.weight": (width,),
    }


def _convolution_shapes(name: str, width: int, kernel: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.dw_weight": (width, 1, kernel), f"{name}.dw_bias": (width,)}


def _gated_shapes(name: str, width: int, inner: int) -> dict[str, tuple[int, ...]]:
    up, down = (
        _linear_shapes(f"{name}.up", 2 * inner, width),
        _linear_shapes(f"{name}.down", width, inner),
    )
    return up | down


def _linear_shapes(name: str, outputs: int, inputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}
