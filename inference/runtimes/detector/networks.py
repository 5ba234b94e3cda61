"""The three small networks of the cascade, each a function of its weights."""

import torch.nn.functional as F
from torch import Tensor

from inference.runtimes.tensor_file import Shapes

Weights = dict[str, Tensor]

SHAPES: Shapes = {
    "pnet.conv1.weight": (10, 3, 3, 3),
    "pnet.conv1.bias": (10,),
    "pnet.prelu1.weight": (10,),
    "pnet.conv2.weight": (16, 10, 3, 3),
    "pnet.conv2.bias": (16,),
    "pnet.prelu2.weight": (16,),
    "pnet.conv3.weight": (32, 16, 3, 3),
    "pnet.conv3.bias": (32,),
    "pnet.prelu3.weight": (32,),
    "pnet.conv4_1.weight": (2, 32, 1, 1),
    "pnet.conv4_1.bias": (2,),
    "pnet.conv4_2.weight": (4, 32, 1, 1),
    "pnet.conv4_2.bias": (4,),
    "rnet.conv1.weight": (28, 3, 3, 3),
    "rnet.conv1.bias": (28,),
    "rnet.prelu1.weight": (28,),
    "rnet.conv2.weight": (48, 28, 3, 3),
    "rnet.conv2.bias": (48,),
    "rnet.prelu2.weight": (48,),
    "rnet.conv3.weight": (64, 48, 2, 2),
    "rnet.conv3.bias": (64,),
    "rnet.prelu3.weight": (64,),
    "rnet.dense4.weight": (128, 576),
    "rnet.dense4.bias": (128,),
    "rnet.prelu4.weight": (128,),
    "rnet.dense5_1.weight": (2, 128),
    "rnet.dense5_1.bias": (2,),
    "rnet.dense5_2.weight": (4, 128),
    "rnet.dense5_2.bias": (4,),
    "onet.conv1.weight": (32, 3, 3, 3),
    "onet.conv1.bias": (32,),
    "onet.prelu1.weight": (32,),
    "onet.conv2.weight": (64, 32, 3, 3),
    "onet.conv2.bias": (64,),
    "onet.prelu2.weight": (64,),
    "onet.conv3.weight": (64, 64, 3, 3),
    "onet.conv3.bias": (64,),
    "onet.prelu3.weight": (64,),
    "onet.conv4.weight": (128, 64, 2, 2),
    "onet.conv4.bias": (128,),
    "onet.prelu4.weight": (128,),
    "onet.dense5.weight": (256, 1152),
    "onet.dense5.bias": (256,),
    "onet.prelu5.weight": (256,),
    "onet.dense6_1.weight": (2, 256),
    "onet.dense6_1.bias": (2,),
    "onet.dense6_2.weight": (4, 256),
    "onet.dense6_2.bias": (4,),
    "onet.dense6_3.weight": (10, 256),
    "onet.dense6_3.bias": (10,),
}


def propose(weights: Weights, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Return scores and corrections of every window of images of any size."""
    hidden = _convolve(weights, pixels, "pnet", 1)
    hidden = F.max_pool2d(hidden, 2, 2, ceil_mode=True)
    hidden = _convolve(weights, hidden, "pnet", 2)
    hidden = _convolve(weights, hidden, "pnet", 3)
    scores = F.conv2d(hidden, weights["pnet.conv4_1.weight"], weights["pnet.conv4_1.bias"])
    moves = F.conv2d(hidden, weights["pnet.conv4_2.weight"], weights["pnet.conv4_2.bias"])
    return scores.softmax(1)[:, 1], moves


def refine(weights: Weights, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Return scores and corrections of crops of 24 by 24 pixels."""
    hidden = F.max_pool2d(_convolve(weights, pixels, "rnet", 1), 3, 2, ceil_mode=True)
    hidden = F.max_pool2d(_convolve(weights, hidden, "rnet", 2), 3, 2, ceil_mode=True)
    hidden = _convolve(weights, hidden, "rnet", 3)
    hidden = _flat(weights, hidden, "rnet", 4)
    return (
        _dense(weights, hidden, "rnet.dense5_1").softmax(1)[:, 1],
        _dense(weights, hidden, "rnet.dense5_2"),
    )


def settle(weights: Weights, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return scores, corrections and landmarks of crops of 48 by 48 pixels."""
    hidden = F.max_pool2d(_convolve(weights, pixels, "onet", 1), 3, 2, ceil_mode=True)
    hidden = F.max_pool2d(_convolve(weights, hidden, "onet", 2), 3, 2, ceil_mode=True)
    hidden = F.max_pool2d(_convolve(weights, hidden, "onet", 3), 2, 2, ceil_mode=True)
    hidden = _convolve(weights, hidden, "onet", 4)
    hidden = _flat(weights, hidden, "onet", 5)
    return (
        _dense(weights, hidden, "onet.dense6_1").softmax(1)[:, 1],
        _dense(weights, hidden, "onet.dense6_2"),
        _dense(weights, hidden, "onet.dense6_3"),
    )


def _convolve(weights: Weights, hidden: Tensor, network: str, layer: int) -> Tensor:
    name = f"{network}.conv{layer}"
    hidden = F.conv2d(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])
    return F.prelu(hidden, weights[f"{network}.prelu{layer}.weight"])


def _flat(weights: Weights, hidden: Tensor, network: str, layer: int) -> Tensor:
    """Flatten columns before rows, the order the weights were trained in."""
    flat = hidden.permute(0, 3, 2, 1).flatten(1)
    dense = _dense(weights, flat, f"{network}.dense{layer}")
    return F.prelu(dense, weights[f"{network}.prelu{layer}.weight"])


def _dense(weights: Weights, hidden: Tensor, name: str) -> Tensor:
    return F.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])
