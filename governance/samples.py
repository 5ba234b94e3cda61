"""Photographs to try vision models with: those of the suites, all free to show."""

import base64
import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from governance.suites import SUITES, rows_of

THUMBNAIL_PIXELS = 144
# What makes a good first try: one that shows something, one that is hard, one that has none.
CHOSEN = {
    "object-detection": ("astronaut", "camera", "chelsea"),
    "image-classification": ("chelsea", "coffee", "rocket"),
}


@dataclass(frozen=True, slots=True)
class SamplePicture:
    """A photograph, whole and small as data URIs, and whose it is."""

    name: str
    credit: str
    picture: str
    thumbnail: str


@lru_cache(maxsize=8)
def sample_pictures(task: str) -> tuple[SamplePicture, ...]:
    """Return photographs that suit a task, best first; none for tasks that take no pictures."""
    names = CHOSEN.get(task, ())
    rows = {row["name"]: row for row in rows_of(SUITES["face-counts"])} if names else {}
    return tuple(
        SamplePicture(
            name=name,
            credit=rows[name]["source"],
            picture=rows[name]["image"],
            thumbnail=_thumbnail(rows[name]["image"]),
        )
        for name in names
    )


def _thumbnail(picture: str) -> str:
    """Return a small JPEG of a data URI, as a data URI."""
    content = base64.b64decode(picture.partition(",")[2])
    image = Image.open(io.BytesIO(content)).convert("RGB")
    image.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    small = io.BytesIO()
    image.save(small, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(small.getvalue()).decode()
