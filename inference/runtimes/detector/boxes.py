"""Geometry of boxes in numpy: suppression of overlaps, squares, corrections."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def keep_best(boxes: Floats, scores: Floats, overlap: float, *, by_smaller: bool = False) -> Places:
    """Return the places of boxes that no better box overlaps by more than ``overlap``.

    The overlap is measured against the union, or with ``by_smaller`` against the smaller box,
    whose edges then count as pixels of their own.
    """
    edge = 1.0 if by_smaller else 0.0
    areas = (boxes[:, 2] - boxes[:, 0] + edge) * (boxes[:, 3] - boxes[:, 1] + edge)
    waiting = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while waiting.size:
        best, rest = waiting[0], waiting[1:]
        kept.append(int(best))
        shared = _shared(boxes[best], boxes[rest], edge)
        smaller, union = np.minimum(areas[best], areas[rest]), areas[best] + areas[rest] - shared
        whole = smaller if by_smaller else union
        waiting = rest[shared <= overlap * whole]
    return np.array(kept, dtype=np.int64)


def square(boxes: Floats) -> Floats:
    """Grow each box around its middle to a square."""
    sides = boxes[:, 2:] - boxes[:, :2]
    longest = sides.max(axis=1, keepdims=True)
    start = boxes[:, :2] + (sides - longest) / 2
    return np.hstack([start, start + longest])


def corrected(boxes: Floats, moves: Floats, *, edge: float) -> Floats:
    """Move the edges of boxes by shares of their sides."""
    sides = boxes[:, 2:] - boxes[:, :2] + edge
    return boxes + moves * np.hstack([sides, sides])


def clipped(boxes: Floats, width: int, height: int) -> Places:
    """Return whole pixels inside the image: first and last column and row, from one on."""
    whole = np.trunc(boxes).astype(np.int64)
    whole[:, :2] = np.maximum(whole[:, :2], 1)
    whole[:, 2] = np.minimum(whole[:, 2], width)
    whole[:, 3] = np.minimum(whole[:, 3], height)
    return whole


def _shared(box: Floats, others: Floats, edge: float) -> Floats:
    start = np.maximum(box[:2], others[:, :2])
    end = np.minimum(box[2:], others[:, 2:])
    sides: Floats = np.maximum(end - start + edge, 0).prod(axis=1)
    return sides
