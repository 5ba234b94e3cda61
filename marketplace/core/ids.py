"""Identifiers: time-ordered UUIDs and short random words."""

import secrets
import string
import time
import uuid

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def uuid7() -> uuid.UUID:
    """Return a UUID ordered by time to a quarter of a microsecond (RFC 9562, 5.7 and 6.2).

    The twelve bits after the milliseconds hold their fraction (method 3), so that rows made
    one after the other in a process sort in that order.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (nanoseconds << 12) // 1_000_000 << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return uuid.UUID(int=value)


def random_base62(length: int) -> str:
    """Return ``length`` random characters of 0-9A-Za-z (5.95 bits each)."""
    return "".join(secrets.choice(BASE62) for _ in range(length))


def to_base62(number: int, width: int) -> str:
    """Write a non-negative number in base 62, padded on the left to ``width`` characters."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits.rjust(width, "0")
