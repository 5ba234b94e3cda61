"""JSON read within bounds: size, depth, number of values, no duplicate keys, no odd numbers.

What a text would cost is counted before it is parsed, in one pass that never goes back: 64 MB
of brackets would be gigabytes of Python objects.
"""

import json
import math
import re
from typing import Any, NoReturn

DEEPEST = 64
LONGEST_NUMBER = 309
# What parsing may cost, in about 100 bytes of memory each; the largest known tokenizer, of
# 262,000 tokens and 514,000 merges, has 2.9 million.
MOST_COST = 4_000_000
COSTS = {ord("{"): 5, ord("["): 1, ord(":"): 3, ord(","): 1}
QUOTE, OPENING, CLOSING = ord('"'), frozenset(b"{["), frozenset(b"}]")
# Possessive: a text without a closing quote is not tried again from every other quote.
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},:]', re.DOTALL)
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class BadJson(ValueError):
    """The text is not JSON within the bounds; the message says why, ``code`` names it."""

    def __init__(self, code: str, message: str) -> None:
        self.code = f"json.{code}"
        super().__init__(message)


def read_bounded(data: bytes, *, largest: int, deepest: int = DEEPEST) -> Any:
    """Return the value of a JSON text; raises ``BadJson``."""
    if len(data) > largest:
        message = f"it has {len(data):,} bytes; at most {largest:,} are allowed"
        raise BadJson("too_large", message)
    _refuse_costly(data, deepest)
    try:
        found = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except BadJson:
        raise
    except UnicodeDecodeError:
        raise BadJson("not_utf8", "it is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise BadJson("invalid", f"it is not JSON: {error}") from None
    if SURROGATE.search(data):
        _refuse_lone_surrogates(found)
    return found


def _refuse_costly(data: bytes, deepest: int) -> None:
    """Refuse, without parsing, what nests too deep or has too many values.

    A text without an end is left to the parser, which finds it at once.
    """
    depth = cost = 0
    for token in TOKEN.finditer(data):
        first = data[token.start()]
        if first == QUOTE and token.end() - token.start() == 1:
            return
        depth += (first in OPENING) - (first in CLOSING)
        cost += COSTS.get(first, 0)
        if depth > deepest:
            raise BadJson("too_deep", f"it is nested deeper than {deepest} levels")
        if cost > MOST_COST:
            raise BadJson("too_many", "it holds more values than can be read within bounds")


def _refuse_lone_surrogates(found: Any) -> None:
    """Refuse halves of characters, which no database and no file can hold."""
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise BadJson("surrogate", "a text in it holds half of a character") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadJson("duplicate_key", f"the key {twice[:80]!r} is there twice in one object")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadJson("number", f"the number {text[:40]} is too large")
    return number


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise BadJson("number", f"the number {text[:40]}… is too large")
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise BadJson("number", f"{name} is not a JSON number")
