"""The base of every API view: who calls, what was sent, and lists."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from accounts.auth import caller, optional_caller
from accounts.types import Caller
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.pagination import ByNewest


class ApiView(APIView):
    """An API view of a tenant: ``self.caller`` calls, ``self.valid(Input)`` is what was sent."""

    request: Request
    pagination_class: type[ByNewest] = ByNewest

    @property
    def caller(self) -> Caller:
        """Return the authenticated caller; raises ``NotAuthenticated``."""
        return caller(self.request)

    @property
    def optional_caller(self) -> Caller | None:
        """Return the caller of a public view, or ``None``."""
        return optional_caller(self.request)

    def valid(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """Return the validated body; raises ``InvalidInput`` naming each wrong field."""
        return _validated(serializer_class, self.request.data)

    def valid_query(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """Return the validated query parameters; raises ``InvalidInput``."""
        return _validated(serializer_class, self.request.query_params)

    def page(
        self, queryset: "QuerySet[Any]", serializer_class: type[BaseSerializer[Any]], **context: Any
    ) -> Response:
        """Answer with one page of a queryset, newest first."""
        paginator = self.pagination_class()
        rows = paginator.paginate_queryset(queryset, self.request, view=self)
        context = {"request": self.request, **context}
        return paginator.get_paginated_response(
            serializer_class(rows, many=True, context=context).data
        )


def _validated(serializer_class: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    serializer = serializer_class(data=data)
    serializer.is_valid(raise_exception=True)
    known = set(serializer.fields) | {"limit", "cursor"}
    unknown = sorted(set(data) - known)
    if unknown:
        expected = ", ".join(sorted(serializer.fields))
        message = f"This is not a field of this request; there are: {expected}."
        raise InvalidInput([FieldProblem(one, message, "unknown") for one in unknown])
    found: dict[str, Any] = serializer.validated_data
    return found
