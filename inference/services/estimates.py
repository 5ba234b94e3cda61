"""How much a call will and can use, known before it runs and without its runtime.

A call is admitted by the most it can cost, so ``maximum`` must never be too small: it
counts a token for each byte of text, as byte-level vocabularies do at worst.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.types import Route

Quantities = dict[str, int]
Signature = Mapping[str, Any]
# Template and special tokens around a conversation, and around each message or text.
AROUND_ALL, AROUND_EACH = 256, 16
BYTES_PER_TOKEN = 4
LARGEST_PICTURE = 32_000_000
# Sound is at least 8 kbit/s; a WAV of 16 bits is 32 bytes a millisecond at the usual 16 kHz,
# and 16 bytes at the lowest rate that is taken.
BYTES_PER_MS_OF_WAV = 32
FEWEST_BYTES_PER_MS_OF_WAV = 16


@dataclass(frozen=True, slots=True)
class Range:
    """What a meter will probably and can at most count."""

    expected: int
    maximum: int


def estimate_quantities(
    route: Route, value: Mapping[str, Any], *, timeout_seconds: int = 120
) -> tuple[Quantities, Quantities]:
    """Return the expected and the maximum quantities of a call, by meter."""
    signature = route.signature
    ranges = {"requests": Range(1, 1), "compute_ms": Range(500, timeout_seconds * 1000)}
    for meter in signature.get("meters", ()):
        rule = RULES.get(meter)
        ranges[meter] = rule(value, signature) if rule else Range(1, 1)
    return (
        {meter: one.expected for meter, one in ranges.items()},
        {meter: one.maximum for meter, one in ranges.items()},
    )


def _texts(value: Any) -> list[str]:
    """Return every text in an input, however deep."""
    found, pending = [], [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, Mapping):
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return found


def _bytes(texts: list[str]) -> int:
    return sum(len(text.encode("utf-8", "replace")) for text in texts)


def _input_tokens(value: Mapping[str, Any], signature: Signature) -> Range:
    texts = _texts(value)
    size, around = _bytes(texts), AROUND_EACH * len(texts)
    expected = size // BYTES_PER_TOKEN + around // 2
    return Range(expected, size + around + AROUND_ALL)


def _output_tokens(value: Mapping[str, Any], signature: Signature) -> Range:
    field = signature.get("input_schema", {}).get("properties", {}).get("max_tokens", {})
    most = value.get("max_tokens", field.get("default", field.get("maximum", 1024)))
    return Range(-(-int(most) // 2), int(most))


def _characters(value: Mapping[str, Any], signature: Signature) -> Range:
    count = sum(len(text) for text in _texts(value))
    return Range(count, count)


def _entries(name: str) -> Callable[[Mapping[str, Any], Signature], Range]:
    def count(value: Mapping[str, Any], signature: Signature) -> Range:
        entries = value.get(name)
        number = len(entries) if isinstance(entries, list) else 1
        return Range(number, number)

    return count


def _pixels(value: Mapping[str, Any], signature: Signature) -> Range:
    pictures = _entries("images")(value, signature).maximum
    return Range(1_000_000 * pictures, LARGEST_PICTURE * pictures)


def _audio_ms(value: Mapping[str, Any], signature: Signature) -> Range:
    size = _bytes(_texts(value)) * 3 // 4
    kinds = {
        field.get("contentMediaType")
        for field in signature.get("input_schema", {}).get("properties", {}).values()
    }
    fewest = FEWEST_BYTES_PER_MS_OF_WAV if "audio/wav" in kinds else 1
    return Range(size // BYTES_PER_MS_OF_WAV, -(-size // fewest))


RULES: dict[str, Callable[[Mapping[str, Any], Signature], Range]] = {
    "input_tokens": _input_tokens,
    "output_tokens": _output_tokens,
    "input_characters": _characters,
    "rows": _entries("rows"),
    "images": _entries("images"),
    "pixels": _pixels,
    "audio_ms": _audio_ms,
}
