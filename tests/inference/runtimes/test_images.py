"""Reading of callers' images."""

import base64
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.runtimes.base import RuntimeRefusal
from inference.runtimes.images import MOST_BYTES, example_image, image_schema, read_image


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def refusal(value: Any) -> RuntimeRefusal:
    with pytest.raises(RuntimeRefusal) as caught:
        read_image(value)
    assert caught.value.field == "image"
    return caught.value


def empty_png(width: int, height: int) -> str:
    """Write the header of a PNG of any claimed size, followed by hardly anything."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return base64.b64encode(content).decode()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_reads_the_three_formats(kind: str) -> None:
    image = read_image(encoded(Image.new("RGB", (6, 4), (200, 100, 50)), kind))

    assert (image.mode, image.size) == ("RGB", (6, 4))
    assert image.getpixel((3, 2)) == pytest.approx((200, 100, 50), abs=6)


def test_reads_a_data_uri() -> None:
    text = encoded(Image.new("RGB", (2, 3)))

    assert read_image(f"data:image/png;base64,{text}").size == (2, 3)
    assert read_image(f"DATA:image/PNG;base64,{text[:20]}\n{text[20:]}\n").size == (2, 3)


def test_turns_a_photograph_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    assert read_image(encoded(Image.new("RGB", (6, 4)), "JPEG", exif=exif)).size == (4, 6)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_brings_every_mode_to_color(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert read_image(encoded(Image.new(mode, (5, 5)), kind)).mode == "RGB"


def test_scales_sixteen_bits_instead_of_clipping_them() -> None:
    image = Image.fromarray(np.full((2, 2), 0x8000, dtype=np.uint16))

    assert read_image(encoded(image)).getpixel((0, 0)) == (128, 128, 128)


@pytest.mark.parametrize("value", [None, "", 7, ["aGk="], {"url": "image"}])
def test_refuses_what_is_not_text(value: Any) -> None:
    assert "data URI or as base64" in str(refusal(value))


@pytest.mark.parametrize("value", ["no base64!", "aGk", "data:image/png;base64,%%%", "äöü"])
def test_refuses_broken_base64(value: str) -> None:
    assert str(refusal(value)) == "The image is not valid base64."


@pytest.mark.parametrize(
    "value", ["data:image/svg+xml;base64,PHN2Zz4=", "data:text/html,hello", "data:,"]
)
def test_refuses_other_data_uris(value: str) -> None:
    assert "Only data:image/jpeg, png or webp" in str(refusal(value))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM"])
def test_refuses_other_formats(kind: str) -> None:
    assert "not a JPEG, PNG or WebP" in str(refusal(encoded(Image.new("L", (4, 4)), kind)))


def test_refuses_a_large_file_before_decoding_it() -> None:
    assert "larger than 10485760 bytes" in str(refusal("A" * (MOST_BYTES * 4 // 3 + 2000)))
    assert "larger than 10485760 bytes" in str(refusal("A" * (MOST_BYTES * 4 // 3 + 4 & ~3)))


@pytest.mark.parametrize(("width", "height"), [(32_000_001, 1), (8000, 4001)])
def test_refuses_many_pixels_before_decoding_them(width: int, height: int) -> None:
    assert "more than 32000000 pixels" in str(refusal(empty_png(width, height)))


def test_refuses_a_decompression_bomb() -> None:
    assert str(refusal(empty_png(60_000, 60_000))) == "The image cannot be decoded."


def test_refuses_a_file_that_ends_early() -> None:
    whole = base64.b64decode(encoded(Image.effect_noise((64, 64), 90).convert("RGB"), "JPEG"))

    assert "cannot be decoded" in str(refusal(base64.b64encode(whole[:-800]).decode()))
    assert "cannot be decoded" in str(refusal(empty_png(64, 64)))


def test_the_example_is_small_and_readable() -> None:
    assert len(example_image()) < 1000
    assert read_image(example_image()).size == (64, 64)


def test_the_schema_tells_the_bounds() -> None:
    schema = image_schema(description="The picture.")

    assert schema["contentMediaType"] == "image/*"
    assert "at most 10 MB and 32 megapixels" in schema["description"]
