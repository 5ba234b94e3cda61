"""JSON read within bounds: size, depth, no duplicate keys, no numbers that JSON lacks."""

import json
import math
import re
from typing import Any, NoReturn

DEEPEST = 64
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class BadJson(ValueError):
    """The text is not JSON within the bounds; the message says why."""


def read_bounded(data: bytes, *, largest: int, deepest: int = DEEPEST) -> Any:
    """Return the value of a JSON text; raises ``BadJson``."""
    if len(data) > largest:
        raise BadJson(f"it has {len(data):,} bytes; at most {largest:,} are allowed")
    if is_deeper(data, deepest):
        raise BadJson(f"it is nested deeper than {deepest} levels")
    try:
        text = data.decode("utf-8")
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except BadJson:
        raise
    except UnicodeDecodeError:
        raise BadJson("it is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise BadJson(f"it is not JSON: {error}") from None


def is_deeper(data: bytes, deepest: int) -> bool:
    """Tell, without parsing, whether brackets outside strings nest deeper than ``deepest``."""
    depth = 0
    for token in TOKEN.finditer(data):
        if token[0] in (b"{", b"["):
            depth += 1
            if depth > deepest:
                return True
        elif token[0] in (b"}", b"]"):
            depth -= 1
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadJson(f"the key {twice[:80]!r} is there twice in one object")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadJson(f"the number {text[:40]} is too large")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not a JSON number")
