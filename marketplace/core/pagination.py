"""Cursor pages of every list: stable while rows are added, strict about what it is given."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from marketplace.core.errors import FieldProblem, InvalidInput

M = TypeVar("M", bound=Model)
PAGE_SIZE = 25
MAXIMUM_PAGE_SIZE = 100
NEWER, OLDER = "n", "o"


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, newest first, and the cursors of the pages around them (empty: none)."""

    items: list[M]
    next_cursor: str = ""
    previous_cursor: str = ""

    def link(self, cursor: str, **kept: str) -> str:
        """Return the query string of a neighboring page, keeping filters; empty when none."""
        return "?" + urlencode({**kept, "cursor": cursor}) if cursor else ""


@dataclass(frozen=True, slots=True)
class _Cursor:
    direction: str
    moment: datetime
    row: UUID

    def __str__(self) -> str:
        text = f"{self.direction}{self.moment.isoformat()}|{self.row.hex}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def newest_page(
    queryset: "QuerySet[M]", *, cursor: str = "", limit: int = PAGE_SIZE, by: str = "created_at"
) -> Page[M]:
    """Return one page of rows, newest first by a moment and then by id.

    Raises ``InvalidInput`` for a cursor that this function did not make.
    """
    start = _parse(cursor) if cursor else None
    is_backward = start is not None and start.direction == NEWER
    sign = "" if is_backward else "-"
    ordered = queryset.order_by(f"{sign}{by}", f"{sign}pk")
    if start is not None:
        ordered = ordered.filter(_beyond(start, by))
    rows = list(ordered[: limit + 1])
    has_more, rows = len(rows) > limit, rows[:limit]
    if is_backward:
        rows.reverse()
    has_next = is_backward or has_more
    has_previous = has_more if is_backward else start is not None
    return Page(
        rows,
        next_cursor=_cursor(OLDER, rows[-1], by) if rows and has_next else "",
        previous_cursor=_cursor(NEWER, rows[0], by) if rows and has_previous else "",
    )


def _beyond(start: _Cursor, by: str) -> Q:
    compare = "gt" if start.direction == NEWER else "lt"
    same_moment = Q(**{by: start.moment, f"pk__{compare}": start.row})
    return Q(**{f"{by}__{compare}": start.moment}) | same_moment


def _cursor(direction: str, row: Model, by: str) -> str:
    return str(_Cursor(direction, getattr(row, by), row.pk))


def _parse(text: str) -> _Cursor:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        decoded = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        moment, _, row = decoded[1:].partition("|")
        when = datetime.fromisoformat(moment).astimezone(UTC)
        found = _Cursor(decoded[:1], when, UUID(hex=row))
    except (ValueError, OverflowError, binascii.Error):
        raise _bad_cursor() from None
    if found.direction not in {NEWER, OLDER} or str(found) != text:
        raise _bad_cursor()
    return found


def _bad_cursor() -> InvalidInput:
    message = "This is not a cursor of this list; take `next` or `previous` from an answer."
    return InvalidInput([FieldProblem("cursor", message)])


class ByNewest(BasePagination):
    """Newest first; ``limit`` from 1 to 100, ``cursor`` taken from an answer's links."""

    by = "created_at"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        cursor = request.query_params.get("cursor", "")
        self.found = newest_page(queryset, cursor=cursor, limit=_limit(request), by=self.by)
        return self.found.items

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(self.found.next_cursor),
                "previous": self._link(self.found.previous_cursor),
                "results": data,
            }
        )

    def _link(self, cursor: str) -> str | None:
        if not cursor:
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MAXIMUM_PAGE_SIZE}
        return [
            _parameter("limit", "How many, at most.", {**limit, "default": PAGE_SIZE}),
            _parameter("cursor", "From `next` or `previous` of an answer.", {"type": "string"}),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(PAGE_SIZE))
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAXIMUM_PAGE_SIZE:
        return int(text)
    raise InvalidInput([FieldProblem("limit", f"Give a whole number, 1 to {MAXIMUM_PAGE_SIZE}.")])
