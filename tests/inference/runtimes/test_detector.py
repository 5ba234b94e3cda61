"""The cascaded detector."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inference.runtimes.base import BadModel, Json, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.detector import DetectorRuntime
from inference.runtimes.detector.boxes import clipped, corrected, keep_best, square
from inference.runtimes.detector.model import Detector
from tests.inference.runtimes.tiny_others import tiny_detector


def lamp(width: int = 96, height: int = 64, left: int = 40, top: int = 20, size: int = 24) -> str:
    """Draw one white square on black."""
    image = Image.new("RGB", (width, height))
    box = (left, top, left + size - 1, top + size - 1)
    ImageDraw.Draw(image).rectangle(box, fill=(255, 255, 255))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def detect(folder: Path, *inputs: dict[str, Any]) -> list[RunResult | Exception]:
    model = Detector.load(folder, device="cpu")
    return model.run([RunRequest(str(place), value) for place, value in enumerate(inputs)])


def output(result: RunResult | Exception) -> Json:
    assert isinstance(result, RunResult)
    return result.output


def test_finds_what_its_networks_look_for(tmp_path: Path) -> None:
    found = output(detect(tiny_detector(tmp_path), {"image": lamp()})[0])

    best = found["boxes"][0]
    left, top, right, bottom = best["box"]
    assert left < 52 < right
    assert top < 32 < bottom
    assert best["score"] > 0.9
    assert (found["width"], found["height"]) == (96, 64)


def test_finds_nothing_in_the_dark(tmp_path: Path) -> None:
    found = output(detect(tiny_detector(tmp_path), {"image": lamp(size=1)})[0])

    assert found == {"boxes": [], "width": 96, "height": 64}


def test_boxes_come_highest_score_first(tmp_path: Path) -> None:
    found = output(detect(tiny_detector(tmp_path), {"image": lamp()})[0])

    scores = [box["score"] for box in found["boxes"]]
    assert scores == sorted(scores, reverse=True)


def test_leaves_out_low_scores(tmp_path: Path) -> None:
    folder = tiny_detector(tmp_path)

    every, strict = detect(folder, {"image": lamp()}, {"image": lamp(), "min_score": 0.999})

    kept = [box for box in output(every)["boxes"] if box["score"] >= 0.999]
    assert output(strict)["boxes"] == kept
    assert len(kept) < len(output(every)["boxes"])


def test_a_batch_answers_as_each_image_alone(tmp_path: Path) -> None:
    folder = tiny_detector(tmp_path)
    pictures = [lamp(), lamp(size=1), lamp(left=8, top=8), lamp(width=50, left=20)]

    together = detect(folder, *({"image": picture} for picture in pictures))

    for picture, result in zip(pictures, together, strict=True):
        alone = output(detect(folder, {"image": picture})[0])["boxes"]
        found = output(result)["boxes"]
        assert [box["box"] for box in found] == [box["box"] for box in alone]


def test_boxes_are_in_pixels_of_the_image_as_given(tmp_path: Path) -> None:
    small = output(
        detect(tiny_detector(tmp_path, longest_side=96), {"image": lamp(192, 128, 80, 40, 48)})[0]
    )

    left, top, right, bottom = small["boxes"][0]["box"]
    assert (small["width"], small["height"]) == (192, 128)
    assert left < 104 < right
    assert top < 64 < bottom
    assert right - left > 30


def test_an_image_smaller_than_a_window_holds_nothing(tmp_path: Path) -> None:
    found = output(detect(tiny_detector(tmp_path), {"image": lamp(5, 5, 0, 0, 5)})[0])

    assert found == {"boxes": [], "width": 5, "height": 5}


def test_a_picture_full_of_faces_is_bounded(tmp_path: Path) -> None:
    folder = tiny_detector(tmp_path, smallest=12, longest_side=512)

    found = output(detect(folder, {"image": lamp(256, 256, 0, 0, 256)})[0])

    assert 0 < len(found["boxes"]) <= 600


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"image": "aGVsbG8="}, "image"),
        ({"image": lamp(), "min_score": 1.1}, "min_score"),
        ({"image": lamp(), "min_score": float("nan")}, "min_score"),
        ({"image": lamp(), "min_score": None}, "min_score"),
    ],
)
def test_names_the_field_that_is_wrong(tmp_path: Path, value: dict[str, Any], field: str) -> None:
    (result,) = detect(tiny_detector(tmp_path), value)

    assert isinstance(result, RuntimeRefusal)
    assert result.field == field


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"smallest": 1}, "smallest must be a whole number from 12 to 512"),
        ({"shrink": 0.999}, r"shrink must be a number from 0\.3 to 0\.85"),
        ({"longest_side": 10**6}, "longest_side must be"),
        ({"thresholds": [0.6, 0.7]}, "thresholds must be a list of three numbers"),
        ({"thresholds": [0, 0, 0]}, "thresholds must be a list of numbers"),
    ],
)
def test_refuses_absurd_configs(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        DetectorRuntime.signature(tiny_detector(tmp_path, **change))


def test_the_best_of_overlapping_boxes_is_kept() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 10, 4.0]])
    scores = np.array([0.8, 0.9, 0.7, 0.6])

    assert keep_best(boxes, scores, 0.5).tolist() == [1, 2, 3]
    assert keep_best(boxes, scores, 0.1).tolist() == [1, 2]


def test_overlap_may_be_measured_against_the_smaller_box() -> None:
    boxes = np.array([[0, 0, 29, 29], [10, 10, 19, 19.0]])
    scores = np.array([0.9, 0.8])

    assert keep_best(boxes, scores, 0.7).tolist() == [0, 1]
    assert keep_best(boxes, scores, 0.7, by_smaller=True).tolist() == [0]


def test_no_boxes_are_kept_of_none() -> None:
    assert keep_best(np.empty((0, 4)), np.empty(0), 0.5).tolist() == []


def test_boxes_grow_to_squares_around_their_middle() -> None:
    assert square(np.array([[0, 0, 10, 4.0]])).tolist() == [[0, -3, 10, 7]]


def test_edges_move_by_shares_of_the_sides() -> None:
    moved = corrected(np.array([[0, 0, 9, 19.0]]), np.array([[0.1, 0.1, -0.1, 0.1]]), edge=1)

    assert moved.tolist() == [[1, 2, 8, 21]]


def test_boxes_are_clipped_to_the_image() -> None:
    assert clipped(np.array([[-3.7, 0, 99.9, 5.5]]), 20, 10).tolist() == [[1, 1, 20, 5]]
