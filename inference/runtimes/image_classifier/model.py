"""EfficientNet-Lite: inverted bottlenecks with ReLU6, batch norms folded in at load."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from inference.runtimes.base import BadModel, Json, LoadedModel, RunRequest
from inference.runtimes.batched import Answer, BatchedModel
from inference.runtimes.image_classifier import ImageClassifierConfig, Stage
from inference.runtimes.images import read_image
from inference.runtimes.inputs import read_integer, refuse_unknown
from inference.runtimes.tensor_file import Shapes, load_floats, require_finite

_IMAGES_AT_ONCE = 16
_MOST_VALUES = 16_000_000
Prepared = tuple[NDArray[np.uint8], int]


@dataclass(frozen=True, slots=True)
class Convolution:
    """One convolution followed by a batch norm, in upstream tensor names."""

    name: str
    norm: str
    inputs: int
    outputs: int
    kernel: int
    stride: int = 1
    is_depthwise: bool = False

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the tensors of the convolution and of its norm."""
        inputs = 1 if self.is_depthwise else self.inputs
        shapes: dict[str, tuple[int, ...]] = {
            f"{self.name}.weight": (self.outputs, inputs, self.kernel, self.kernel)
        }
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{self.norm}.{part}"] = (self.outputs,)
        return shapes


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The convolutions of one block, and whether its input is added to its output."""

    convolutions: tuple[Convolution, ...]
    is_residual: bool


class ImageClassifier(BatchedModel[Prepared]):
    """A resident image classifier."""

    max_batch = 32
    meters = ("images",)

    def __init__(
        self, config: ImageClassifierConfig, weights: dict[str, Tensor], device: str
    ) -> None:
        self._config = config
        self._device = device
        self._stem, self._blocks, self._head = plan(config)
        self._folded = {
            convolution.name: _fold(convolution, weights, config.batch_norm_eps)
            for convolution in convolutions(config)
        }
        self._classes = (weights["_fc.weight"], weights["_fc.bias"])

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        config = ImageClassifierConfig.read(folder)
        return cls(config, load_floats(folder, expected_shapes(config), device=device), device)

    @property
    def memory_bytes(self) -> int:
        pairs = (*self._folded.values(), self._classes)
        return sum(tensor.nbytes for pair in pairs for tensor in pair)

    def prepare(self, request: RunRequest) -> Prepared:
        refuse_unknown(request.input, ("image", "top_k"))
        most = len(self._config.labels)
        top_k = read_integer(request.input, "top_k", 1, most, self._config.top_k)
        image = read_image(request.input.get("image"))
        return np.array(_middle(image, self._config), dtype=np.uint8), top_k

    def compute(self, inputs: list[Prepared]) -> list[Answer]:
        answers: list[Answer] = []
        for start in range(0, len(inputs), _IMAGES_AT_ONCE):
            part = inputs[start : start + _IMAGES_AT_ONCE]
            scores = self._scores(np.stack([image for image, _ in part]))
            for row, (_, top_k) in zip(scores, part, strict=True):
                answers.append(({"labels": self._ranked(row, top_k)}, {"images": 1}))
        return answers

    @torch.inference_mode()
    def _scores(self, images: NDArray[np.uint8]) -> Tensor:
        pixels = torch.from_numpy(images).to(self._device).permute(0, 3, 1, 2).float()
        hidden = (pixels - self._config.mean) / self._config.scale
        hidden = F.relu6(self._convolve(hidden, self._stem))
        for block in self._blocks:
            hidden = self._bottleneck(hidden, block)
        hidden = F.relu6(self._convolve(hidden, self._head)).mean((2, 3))
        logits = F.linear(hidden, *self._classes).double()
        require_finite(logits)
        return logits.softmax(-1).cpu()

    def _bottleneck(self, hidden: Tensor, block: Bottleneck) -> Tensor:
        *inner, last = block.convolutions
        result = hidden
        for convolution in inner:
            result = F.relu6(self._convolve(result, convolution))
        result = self._convolve(result, last)
        return result + hidden if block.is_residual else result

    def _convolve(self, hidden: Tensor, convolution: Convolution) -> Tensor:
        weight, bias = self._folded[convolution.name]
        padded = _pad_same(hidden, convolution.kernel, convolution.stride)
        groups = convolution.outputs if convolution.is_depthwise else 1
        return F.conv2d(padded, weight, bias, stride=convolution.stride, groups=groups)

    def _ranked(self, scores: Tensor, top_k: int) -> list[dict[str, Json]]:
        best = scores.topk(top_k)
        return [
            {"label": self._config.labels[int(place)], "score": round(float(score), 7)}
            for score, place in zip(best.values, best.indices, strict=True)
        ]


def plan(config: ImageClassifierConfig) -> tuple[Convolution, list[Bottleneck], Convolution]:
    """Lay out the stem, the blocks and the head of the architecture."""
    stem = Convolution("_conv_stem", "_bn0", 3, config.stem, kernel=3, stride=2)
    blocks: list[Bottleneck] = []
    width = config.stem
    for stage in config.stages:
        for repeat in range(stage.repeats):
            stride = stage.stride if repeat == 0 else 1
            blocks.append(_plan_block(f"_blocks.{len(blocks)}", width, stage, stride))
            width = stage.channels
    return stem, blocks, Convolution("_conv_head", "_bn1", width, config.head, kernel=1)


def _plan_block(name: str, width: int, stage: Stage, stride: int) -> Bottleneck:
    expanded = width * stage.expansion
    expand = Convolution(f"{name}._expand_conv", f"{name}._bn0", width, expanded, 1)
    depthwise = Convolution(
        f"{name}._depthwise_conv",
        f"{name}._bn1",
        expanded,
        expanded,
        stage.kernel,
        stride,
        is_depthwise=True,
    )
    project = Convolution(f"{name}._project_conv", f"{name}._bn2", expanded, stage.channels, 1)
    kept = (expand, depthwise, project) if stage.expansion > 1 else (depthwise, project)
    return Bottleneck(kept, stride == 1 and width == stage.channels)


def convolutions(config: ImageClassifierConfig) -> Iterator[Convolution]:
    """Yield every convolution of the architecture."""
    stem, blocks, head = plan(config)
    yield stem
    for block in blocks:
        yield from block.convolutions
    yield head


def expected_shapes(config: ImageClassifierConfig) -> Shapes:
    """Return the tensors that a file of this architecture holds, in upstream names."""
    shapes: dict[str, tuple[int, ...]] = {}
    for convolution in convolutions(config):
        shapes |= convolution.shapes()
    labels = len(config.labels)
    _refuse_huge_images(config)
    return shapes | {"_fc.weight": (labels, config.head), "_fc.bias": (labels,)}


def _refuse_huge_images(config: ImageClassifierConfig) -> None:
    size = config.image_size
    for convolution in convolutions(config):
        values = max(convolution.inputs, convolution.outputs) * size * size
        if values > _MOST_VALUES:
            raise BadModel(f"config.json: {convolution.name} makes {values} values of one image.")
        size = -(-size // convolution.stride)


def _fold(
    convolution: Convolution, weights: dict[str, Tensor], eps: float
) -> tuple[Tensor, Tensor]:
    norm = convolution.norm
    spread = (weights[f"{norm}.running_var"].clamp(min=0) + eps).sqrt()
    factor = weights[f"{norm}.weight"] / spread
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * factor
    return weights[f"{convolution.name}.weight"] * factor[:, None, None, None], bias


def _pad_same(hidden: Tensor, kernel: int, stride: int) -> Tensor:
    """Pad as TensorFlow does: an odd rest goes to the right and to the bottom."""
    rests = []
    for size in (hidden.shape[3], hidden.shape[2]):
        rest = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        rests += [rest // 2, rest - rest // 2]
    return F.pad(hidden, rests) if any(rests) else hidden


def _middle(image: Image.Image, config: ImageClassifierConfig) -> Image.Image:
    """Cut out the middle square, to whole pixels as upstream does, and scale it."""
    side = max(1, int(min(image.size) * config.crop))
    left, top = (image.width - side + 1) // 2, (image.height - side + 1) // 2
    size = (config.image_size, config.image_size)
    return image.crop((left, top, left + side, top + side)).resize(size, Image.Resampling.BICUBIC)
