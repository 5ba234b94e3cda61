"""The classifier of images."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

from inference.runtimes.base import BadModel, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.image_classifier import ImageClassifierConfig, ImageClassifierRuntime
from inference.runtimes.image_classifier.model import ImageClassifier, _middle, _pad_same
from tests.inference.runtimes.tiny_others import (
    IMAGE_CLASSIFIER,
    LABELS,
    tiny_image_classifier,
    write_config,
    write_json,
)


def picture(width: int = 40, height: int = 30, color: tuple[int, int, int] = (9, 90, 200)) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def classify(folder: Path, *inputs: dict[str, Any]) -> list[RunResult | Exception]:
    model = ImageClassifier.load(folder, device="cpu")
    return model.run([RunRequest(str(place), value) for place, value in enumerate(inputs)])


def test_scores_of_all_labels_sum_to_one(tmp_path: Path) -> None:
    (result,) = classify(tiny_image_classifier(tmp_path), {"image": picture()})

    assert isinstance(result, RunResult)
    labels = result.output["labels"]
    assert {item["label"] for item in labels} == set(LABELS)
    assert sum(item["score"] for item in labels) == pytest.approx(1, abs=1e-6)
    assert labels == sorted(labels, key=lambda item: -item["score"])
    assert result.usage == {"images": 1}


def test_returns_as_many_labels_as_asked(tmp_path: Path) -> None:
    one, two = classify(
        tiny_image_classifier(tmp_path),
        {"image": picture(), "top_k": 1},
        {"image": picture(), "top_k": 2},
    )

    assert isinstance(one, RunResult)
    assert isinstance(two, RunResult)
    assert (len(one.output["labels"]), len(two.output["labels"])) == (1, 2)


def test_a_batch_answers_each_image(tmp_path: Path) -> None:
    folder = tiny_image_classifier(tmp_path)
    inputs = [{"image": picture(color=(shade, shade, shade))} for shade in range(0, 250, 12)]

    together = classify(folder, *inputs)

    for value, result in zip(inputs, together, strict=True):
        (alone,) = classify(folder, value)
        assert isinstance(alone, RunResult)
        assert isinstance(result, RunResult)
        expected = {item["label"]: item["score"] for item in alone.output["labels"]}
        found = {item["label"]: item["score"] for item in result.output["labels"]}
        assert found == pytest.approx(expected, abs=1e-5)


def test_folding_batch_norms_changes_nothing(tmp_path: Path) -> None:
    folder = tiny_image_classifier(tmp_path)
    weights = load_file(folder / "model.safetensors")
    model = ImageClassifier.load(folder, device="cpu")
    pixels = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))

    convolved = F.conv2d(F.pad(pixels, (0, 1, 0, 1)), weights["_conv_stem.weight"], stride=2)
    expected = F.batch_norm(
        convolved,
        weights["_bn0.running_mean"],
        weights["_bn0.running_var"].clamp(min=0),
        weights["_bn0.weight"],
        weights["_bn0.bias"],
        eps=1e-3,
    )

    assert torch.allclose(model._convolve(pixels, model._stem), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padded"),
    [(224, 3, 2, 225), (112, 5, 2, 115), (7, 3, 1, 9), (7, 1, 1, 7), (15, 3, 2, 17)],
)
def test_pads_as_tensorflow_does(size: int, kernel: int, stride: int, padded: int) -> None:
    result = _pad_same(torch.ones(1, 1, size, size), kernel, stride)

    assert result.shape == (1, 1, padded, padded)
    assert (padded - kernel) // stride + 1 == -(-size // stride)


def test_looks_at_the_middle_of_the_image(tmp_path: Path) -> None:
    config = ImageClassifierConfig.read(tiny_image_classifier(tmp_path))
    image = Image.new("RGB", (300, 100), (255, 0, 0))
    image.paste((0, 0, 255), (105, 0, 195, 100))

    middle = _middle(image, config)

    assert middle.size == (32, 32)
    assert middle.getcolors() == [(1024, (0, 0, 255))]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 2000), (2000, 1)])
def test_takes_images_of_odd_sizes(tmp_path: Path, width: int, height: int) -> None:
    (result,) = classify(tiny_image_classifier(tmp_path), {"image": picture(width, height)})

    assert isinstance(result, RunResult)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"image": "aGVsbG8="}, "image"),
        ({"image": picture(), "top_k": 0}, "top_k"),
        ({"image": picture(), "top_k": 4}, "top_k"),
        ({"image": picture(), "top_k": 1.5}, "top_k"),
        ({"image": picture(), "top_k": float("inf")}, "top_k"),
    ],
)
def test_names_the_field_that_is_wrong(tmp_path: Path, value: dict[str, Any], field: str) -> None:
    (result,) = classify(tiny_image_classifier(tmp_path), value)

    assert isinstance(result, RuntimeRefusal)
    assert result.field == field


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"image_size": 10_000}, "image_size must be a whole number from 16 to 512"),
        ({"stages": []}, "stages must be a list of 1 to 12 objects"),
        ({"stages": [{"kernel": 4}]}, "kernel must be odd"),
        ({"stem": 10**12}, "stem must be"),
        ({"scale": 0}, "scale must be"),
        ({"architecture": "resnet"}, "architecture must be one of efficientnet-lite"),
    ],
)
def test_refuses_absurd_configs(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    folder = tiny_image_classifier(tmp_path)
    write_config(folder, {**IMAGE_CLASSIFIER, **change})

    with pytest.raises(BadModel, match=reason):
        ImageClassifierRuntime.signature(folder)


def test_refuses_a_network_that_needs_too_much_of_one_image(tmp_path: Path) -> None:
    folder = tiny_image_classifier(tmp_path)
    stages = [{"kernel": 3, "stride": 1, "expansion": 8, "channels": 1024, "repeats": 2}]
    write_config(folder, {**IMAGE_CLASSIFIER, "image_size": 512, "stages": stages})

    with pytest.raises(BadModel, match=r"_blocks\.0\._project_conv makes \d+ values of one image"):
        ImageClassifier.load(folder, device="cpu")


@pytest.mark.parametrize(
    ("labels", "reason"),
    [({"0": "cat"}, "a list of 1 to"), ([], "a list of 1 to"), (["cat", ""], "texts of 1 to 200")],
)
def test_refuses_labels_that_are_not_texts(tmp_path: Path, labels: Any, reason: str) -> None:
    folder = tiny_image_classifier(tmp_path)
    write_json(folder / "labels.json", labels)

    with pytest.raises(BadModel, match=reason):
        ImageClassifierRuntime.signature(folder)


def test_refuses_more_labels_than_the_head_has(tmp_path: Path) -> None:
    folder = tiny_image_classifier(tmp_path)
    write_json(folder / "labels.json", [*LABELS, "moped"])

    with pytest.raises(BadModel, match=r"_fc\.weight has shape \[3, 16\], not \[4, 16\]"):
        ImageClassifier.load(folder, device="cpu")
