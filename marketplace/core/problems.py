"""problem+json (RFC 9457) for every refusal of the API."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from marketplace.core.context import current_request
from marketplace.core.errors import DomainError, FieldProblem, Forbidden, InvalidInput, NotFound

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "https://stoa.dev/problems/"
CODES = {
    400: "request.malformed",
    401: "request.not_authenticated",
    403: "request.forbidden",
    404: "request.not_found",
    405: "request.method_not_allowed",
    406: "request.not_acceptable",
    413: "request.too_large",
    415: "request.unsupported_media_type",
    429: "request.throttled",
}


def problem(
    *, status: int, code: str, title: str, detail: str, instance: str, **more: Any
) -> dict[str, Any]:
    """Return the body of a problem document."""
    return {
        "type": f"{TYPE_PREFIX}{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "request_id": current_request.get().request_id,
        **more,
    }


def problem_of(error: DomainError, *, instance: str) -> dict[str, Any]:
    """Return the problem document of an expected refusal."""
    more: dict[str, Any] = {"fault": str(error.fault)}
    if isinstance(error, InvalidInput):
        more["errors"] = [one.as_dict() for one in error.problems]
    return problem(
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        instance=instance,
        **more,
    )


def problem_response(error: DomainError, *, instance: str) -> HttpResponse:
    """Return the HTTP answer of an expected refusal."""
    response = JsonResponse(
        problem_of(error, instance=instance), status=error.status, content_type=CONTENT_TYPE
    )
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: every refusal becomes a problem document, everything else is a defect."""
    instance = context["request"].path
    translated = _as_domain_error(error)
    if translated is not None:
        body, status = problem_of(translated, instance=instance), translated.status
        headers = {"Retry-After": str(translated.retry_after)} if translated.retry_after else {}
    elif isinstance(error, exceptions.APIException):
        body, status, headers = _framework_problem(error, instance)
    else:
        return None
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _as_domain_error(error: Exception) -> DomainError | None:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, Http404):
        return NotFound(kind="such thing")
    if isinstance(error, PermissionDenied):
        return Forbidden(reason=str(error) or "You may not do this.")
    if isinstance(error, exceptions.ValidationError):
        return InvalidInput(list(_field_problems("", error.detail)))
    if isinstance(error, DjangoValidationError):
        return InvalidInput([FieldProblem("body", message) for message in error.messages])
    return None


def _field_problems(path: str, detail: Any) -> list[FieldProblem]:
    if isinstance(detail, dict):
        pairs = [(f"{path}.{key}" if path else str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list):
        nested = any(isinstance(one, dict | list) for one in detail)
        pairs = [(f"{path}.{i}" if nested else path, one) for i, one in enumerate(detail)]
    else:
        code = getattr(detail, "code", "invalid")
        return [
            FieldProblem((path or "body").replace("non_field_errors", "body"), str(detail), code)
        ]
    return [found for key, value in pairs for found in _field_problems(key, value)]


def _framework_problem(
    error: exceptions.APIException, instance: str
) -> tuple[dict[str, Any], int, dict[str, str]]:
    status = error.status_code
    body = problem(
        status=status,
        code=CODES.get(status, "request.refused"),
        title=str(error.default_detail),
        detail=str(error.detail),
        instance=instance,
    )
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    return body, status, headers
