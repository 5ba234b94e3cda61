"""The cascade: windows are proposed per image, then crops of all images are judged together."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from inference.runtimes.base import Json, LoadedModel, RunRequest
from inference.runtimes.batched import Answer, BatchedModel
from inference.runtimes.detector import LANDMARKS, DetectorConfig
from inference.runtimes.detector.boxes import Floats, clipped, corrected, keep_best, square
from inference.runtimes.detector.networks import SHAPES, propose, refine, settle
from inference.runtimes.images import read_image
from inference.runtimes.inputs import read_number, refuse_unknown
from inference.runtimes.tensor_file import load_floats, require_finite

_WINDOW = 12
_STRIDE = 2
_CROPS_AT_ONCE = 512
# An image drawn to look like a face everywhere must not cost more than a crowd does.
_MOST_PER_SCALE = 1500
_MOST_PER_IMAGE = 600


@dataclass(slots=True)
class Search:
    """One image and the boxes found in it so far, in its scaled pixels."""

    pixels: NDArray[np.uint8]
    width: int
    height: int
    min_score: float
    boxes: Floats = field(default_factory=lambda: np.empty((0, 4)))
    scores: Floats = field(default_factory=lambda: np.empty(0))
    landmarks: Floats = field(default_factory=lambda: np.empty((0, 5, 2)))

    def keep(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> None:
        """Keep only the boxes at these places."""
        self.boxes, self.scores = self.boxes[places], self.scores[places]

    @property
    def scaled_size(self) -> tuple[int, int]:
        """Height and width of the scaled pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]


class Detector(BatchedModel[Search]):
    """A resident detector."""

    max_batch = 8
    meters = ("images",)

    def __init__(self, config: DetectorConfig, weights: dict[str, Tensor], device: str) -> None:
        self._config = config
        self._weights = weights
        self._device = device

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        config = DetectorConfig.read(folder)
        return cls(config, load_floats(folder, SHAPES, device=device), device)

    @property
    def memory_bytes(self) -> int:
        return sum(tensor.nbytes for tensor in self._weights.values())

    def prepare(self, request: RunRequest) -> Search:
        refuse_unknown(request.input, ("image", "min_score"))
        default = self._config.thresholds[-1]
        min_score = read_number(request.input, "min_score", 0, 1, default)
        image = read_image(request.input.get("image"))
        pixels = np.array(_scaled_down(image, self._config.longest_side), dtype=np.uint8)
        return Search(pixels, image.width, image.height, min_score)

    @torch.inference_mode()
    def compute(self, inputs: list[Search]) -> list[Answer]:
        for alike in _of_one_size(inputs):
            self._propose(alike)
        self._refine(inputs)
        self._settle(inputs)
        return [(_output(search), {"images": 1}) for search in inputs]

    def _propose(self, searches: list[Search]) -> None:
        """Fill in boxes from every scale, for images of one size."""
        images = torch.from_numpy(np.stack([search.pixels for search in searches]))
        pixels = images.to(self._device).permute(0, 3, 1, 2).float()
        found: list[list[tuple[Floats, Floats, Floats]]] = [[] for _ in searches]
        for scale in self._scales(searches[0]):
            height, width = searches[0].scaled_size
            size = (int(height * scale + 1), int(width * scale + 1))
            scores, moves = propose(self._weights, _centered(_resample(pixels, size)))
            require_finite(scores)
            for place, windows in enumerate(found):
                windows.append(self._windows(scores[place], moves[place], scale))
        for search, windows in zip(searches, found, strict=True):
            _merge(search, windows)

    def _scales(self, search: Search) -> Iterator[float]:
        scale = _WINDOW / self._config.smallest
        while min(search.scaled_size) * scale >= _WINDOW:
            yield scale
            scale *= self._config.shrink

    def _windows(
        self, scores: Tensor, moves: Tensor, scale: float
    ) -> tuple[Floats, Floats, Floats]:
        rows, columns = torch.nonzero(scores >= self._config.thresholds[0], as_tuple=True)
        confidence = scores[rows, columns]
        if len(confidence) > _MOST_PER_SCALE:
            best = confidence.topk(_MOST_PER_SCALE).indices
            rows, columns, confidence = rows[best], columns[best], confidence[best]
        corner = torch.stack([columns, rows], 1).double().cpu().numpy() * _STRIDE
        boxes = np.hstack([np.floor((corner + 1) / scale), np.floor((corner + _WINDOW) / scale)])
        shifts = moves[:, rows, columns].T.double().cpu().numpy()
        certain = confidence.double().cpu().numpy()
        kept = keep_best(boxes, certain, 0.5)
        return boxes[kept], certain[kept], shifts[kept]

    def _refine(self, searches: list[Search]) -> None:
        for search, outputs in self._judge(searches, 24, refine):
            scores, moves = outputs
            passed = scores > self._config.thresholds[1]
            search.scores = scores
            search.keep(passed)
            kept = keep_best(search.boxes, search.scores, 0.7)
            search.keep(kept)
            moved = corrected(search.boxes, moves[passed][kept], edge=1)
            search.boxes = square(moved)

    def _settle(self, searches: list[Search]) -> None:
        for search, outputs in self._judge(searches, 48, settle):
            scores, moves, points = outputs
            passed = scores > self._config.thresholds[2]
            search.scores = scores
            search.keep(passed)
            search.landmarks = _landmarks(search.boxes, points[passed])
            search.boxes = corrected(search.boxes, moves[passed], edge=1)
            kept = keep_best(search.boxes, search.scores, 0.7, by_smaller=True)
            search.keep(kept)
            search.landmarks = search.landmarks[kept]

    def _judge(
        self,
        searches: list[Search],
        side: int,
        network: Callable[[dict[str, Tensor], Tensor], tuple[Tensor, ...]],
    ) -> Iterator[tuple[Search, list[Floats]]]:
        """Run the crops of all images through one network and hand each image its share."""
        crops = [crop for search in searches for crop in self._crops(search, side)]
        if not crops:
            return
        parts = [
            network(self._weights, torch.stack(crops[start : start + _CROPS_AT_ONCE]))
            for start in range(0, len(crops), _CROPS_AT_ONCE)
        ]
        outputs = [torch.cat(part) for part in zip(*parts, strict=True)]
        for output in outputs:
            require_finite(output)
        start = 0
        for search in searches:
            end = start + len(search.boxes)
            yield search, [output[start:end].double().cpu().numpy() for output in outputs]
            start = end

    def _crops(self, search: Search, side: int) -> Iterator[Tensor]:
        height, width = search.scaled_size
        edges = clipped(search.boxes, width, height)
        search.keep((edges[:, 2] >= edges[:, 0]) & (edges[:, 3] >= edges[:, 1]))
        pixels = torch.from_numpy(search.pixels).to(self._device).permute(2, 0, 1).float()
        for left, top, right, bottom in clipped(search.boxes, width, height).tolist():
            crop = pixels[None, :, top - 1 : bottom, left - 1 : right]
            yield _centered(_resample(crop, (side, side)))[0]


def _merge(search: Search, windows: list[tuple[Floats, Floats, Floats]]) -> None:
    if not windows:
        return
    boxes, scores, moves = (np.concatenate(part) for part in zip(*windows, strict=True))
    best = np.argsort(-scores, kind="stable")[: 2 * _MOST_PER_SCALE]
    boxes, scores, moves = boxes[best], scores[best], moves[best]
    kept = keep_best(boxes, scores, 0.7)[:_MOST_PER_IMAGE]
    search.boxes = square(corrected(boxes[kept], moves[kept], edge=0))
    search.scores = scores[kept]


def _landmarks(boxes: Floats, points: Floats) -> Floats:
    """Turn five columns and five rows, as shares of a box, into pixels."""
    sides = boxes[:, 2:] - boxes[:, :2] + 1
    shares = points.reshape(-1, 2, 5).transpose(0, 2, 1)
    return np.asarray(shares * sides[:, None, :] + boxes[:, None, :2] - 1)


def _output(search: Search) -> Json:
    height, width = search.scaled_size
    grow = np.array([search.width / width, search.height / height])
    boxes = [
        {
            "box": (box.reshape(2, 2) * grow).reshape(4).round(2).tolist(),
            "score": round(float(score), 7),
            "landmarks": dict(zip(LANDMARKS, (points * grow).round(2).tolist(), strict=True)),
        }
        for box, score, points in zip(search.boxes, search.scores, search.landmarks, strict=True)
        if score >= search.min_score
    ]
    return {"boxes": boxes, "width": search.width, "height": search.height}


def _of_one_size(searches: list[Search]) -> Iterator[list[Search]]:
    groups: dict[tuple[int, int], list[Search]] = defaultdict(list)
    for search in searches:
        groups[search.scaled_size].append(search)
    yield from groups.values()


def _scaled_down(image: Image.Image, longest: int) -> Image.Image:
    factor = longest / max(image.size)
    if factor >= 1:
        return image
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BICUBIC)


def _resample(pixels: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(pixels, size=size, mode="area")


def _centered(pixels: Tensor) -> Tensor:
    return (pixels - 127.5) / 128
