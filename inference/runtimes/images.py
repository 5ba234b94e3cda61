"""Reads callers' images: bounded, of few formats, decoded once."""

import base64
import io
import re

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from inference.runtimes.base import Json, RuntimeRefusal, Schema
from inference.runtimes.encoded import EncodedKind, read_encoded

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 32_000_000
_IMAGE = EncodedKind(
    noun="an image",
    prefix=re.compile(r"data:image/(?:jpeg|png|webp);base64,", re.IGNORECASE),
    readable="data:image/jpeg, png or webp",
    most_bytes=MOST_BYTES,
)


def read_image(value: Json, *, field: str = "image") -> Image.Image:
    """Decode a data URI or bare base64 text into an upright RGB image.

    Raises ``RuntimeRefusal`` for anything but a JPEG, PNG or WebP image within bounds.
    """
    content = read_encoded(value, _IMAGE, field=field)
    try:
        return _decode_image(content, field)
    except RuntimeRefusal:
        raise
    # Decoders raise a dozen kinds of exception for damaged files; all mean the same here.
    except Exception as error:
        raise RuntimeRefusal(field, "The image cannot be decoded.") from error


def image_schema(*, description: str) -> Schema:
    """Return the JSON Schema of an image field."""
    return {
        "type": "string",
        "title": "Image",
        "description": f"{description} A JPEG, PNG or WebP file of at most "
        f"{MOST_BYTES // 1024 // 1024} MB and {MOST_PIXELS // 1_000_000} megapixels, as a "
        "data URI or as base64.",
        "contentEncoding": "base64",
        "contentMediaType": "image/*",
        "minLength": 1,
        "maxLength": _IMAGE.longest_text,
    }


def example_image() -> str:
    """Return a small drawn image as a data URI."""
    image = Image.new("RGB", (64, 64), (214, 226, 240))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 44, 63, 63), fill=(112, 150, 96))
    draw.ellipse((20, 16, 44, 40), fill=(240, 180, 60))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _decode_image(content: bytes, field: str) -> Image.Image:
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise RuntimeRefusal(field, "The image is not a JPEG, PNG or WebP file.") from None
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise RuntimeRefusal(field, f"The image has more than {MOST_PIXELS} pixels.")
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        # Pillow would clip sixteen bits to eight instead of scaling them.
        upright = upright.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return upright.convert("RGB")
