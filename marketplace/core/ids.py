"""Identifiers: time-ordered UUIDs and short random words."""

import secrets
import string
import threading
import time
import uuid

MOST_AHEAD = 4096 * 1000
_ticking, _latest = threading.Lock(), [0]
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def uuid7() -> uuid.UUID:
    """Return a UUID that is greater than the one made before it in this process.

    RFC 9562, section 5.7; the twelve bits after the milliseconds hold their fraction, and
    count on where two ids would share it (6.2, method 3).
    """
    tick = _next_tick()
    value = (tick >> 12 & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (tick & 0xFFF) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return uuid.UUID(int=value)


def _next_tick() -> int:
    """Return the present 4096th of a millisecond, or the next one that is not yet used.

    A clock that was set back by more than a second is followed.
    """
    tick = time.time_ns() * 4096 // 1_000_000
    with _ticking:
        if 0 <= _latest[0] - tick < MOST_AHEAD:
            tick = _latest[0] + 1
        _latest[0] = tick
    return tick


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
