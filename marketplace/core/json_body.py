"""Reads JSON bodies strictly: what a database or a digest cannot hold is refused here."""

import json
import math
from collections.abc import Callable, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser

from marketplace.core.errors import DomainError, FieldProblem, InvalidInput

LARGEST = 2**63 - 1
DEEPEST = 64


class MalformedJson(DomainError):
    """The body is not JSON."""

    code = "request.malformed"
    status = 400
    title = "The body is not valid JSON"
    message = "{reason}"


class TooLarge(DomainError):
    """The body has more bytes than are read into memory."""

    code = "request.too_large"
    status = 413
    title = "The body is too large"
    message = "A body may have up to {limit} bytes."


def body_limit() -> int:
    """Return how many bytes of a body are read into memory."""
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return limit


class StrictJsonParser(BaseParser):
    """JSON in UTF-8, bounded in size and depth, without NUL, lone surrogates, NaN or huge numbers.

    Raises ``MalformedJson``, ``TooLarge`` and ``InvalidInput``.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = body_limit()
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(limit=limit)
        return loads(body)


def loads(body: bytes) -> Any:
    """Return the value of a JSON text; raises ``MalformedJson`` and ``InvalidInput``."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise MalformedJson(reason="It is nested too deeply.") from None
    except UnicodeDecodeError as error:
        raise MalformedJson(reason=f"Byte {error.start} is not UTF-8.") from None
    except ValueError as error:
        raise MalformedJson(reason=f"{error}.") from None
    check(value)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large for a number")
    return number


def check(value: Any) -> None:
    """Raise ``InvalidInput`` for the first text or number in a JSON value that cannot be kept."""
    pending: list[tuple[str, Any, int]] = [("", value, 0)]
    while pending:
        path, found, depth = pending.pop()
        reason = _objection(found, depth)
        if reason:
            raise InvalidInput([FieldProblem(path or "body", reason)])
        pending.extend((*child, depth + 1) for child in _children(path, found))


def _children(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        inside = [(f"{path}.{key}" if path else key, one) for key, one in value.items()]
        return [*inside, *((path, key) for key in value)]
    if isinstance(value, list):
        return [(f"{path}.{i}" if path else str(i), one) for i, one in enumerate(value)]
    return []


def _objection(value: Any, depth: int) -> str:
    if depth > DEEPEST:
        return f"This is nested deeper than {DEEPEST} levels."
    check_of: Callable[[Any], str] | None = _CHECKS.get(type(value))
    return check_of(value) if check_of else ""


def _text_objection(value: str) -> str:
    if "\0" in value:
        return "This text has a NUL character."
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return "This text has half of a surrogate pair."
    return ""


def _integer_objection(value: int) -> str:
    return "" if -LARGEST - 1 <= value <= LARGEST else "This does not fit into 64 bits."


_CHECKS: dict[type, Callable[[Any], str]] = {str: _text_objection, int: _integer_objection}
