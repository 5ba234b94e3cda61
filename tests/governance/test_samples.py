"""Photographs to try vision models with."""

import base64
import io

import pytest
from PIL import Image

from governance.samples import THUMBNAIL_PIXELS, sample_pictures


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("object-detection", ["astronaut", "camera", "chelsea"]),
        ("image-classification", ["chelsea", "coffee", "rocket"]),
        ("forecasting", []),
    ],
)
def test_each_task_has_its_photographs(task, names):
    assert [one.name for one in sample_pictures(task)] == names


def test_a_sample_is_credited_and_has_a_small_copy():
    sample = sample_pictures("object-detection")[0]

    assert sample.credit == "Eileen Collins, NASA, public domain"
    small = Image.open(io.BytesIO(base64.b64decode(sample.thumbnail.partition(",")[2])))
    assert max(small.size) == THUMBNAIL_PIXELS
    assert len(sample.thumbnail) < len(sample.picture) / 2
