"""problem+json (RFC 9457) for every refusal of the API."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError
from django.http import Http404, HttpResponse, JsonResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response
from rfc8785 import CanonicalizationError

from marketplace.core.context import current_request
from marketplace.core.errors import (
    Conflict,
    DomainError,
    FieldProblem,
    Forbidden,
    InvalidInput,
    NotFound,
)
from marketplace.core.json_body import MalformedJson, TooLarge, body_limit

logger = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "https://stoa.dev/problems/"
CHALLENGE = 'Bearer realm="stoa"'
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
    500: "platform.error",
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


def headers_of(error: DomainError) -> dict[str, str]:
    """Return the headers that go with an expected refusal."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = CHALLENGE
    return headers


def problem_response(error: DomainError, *, instance: str) -> HttpResponse:
    """Return the HTTP answer of an expected refusal."""
    body = problem_of(error, instance=instance)
    headers = headers_of(error)
    return JsonResponse(body, status=error.status, content_type=CONTENT_TYPE, headers=headers)


def status_response(status: int, *, instance: str) -> HttpResponse:
    """Return a problem document for a status that the framework answered with a page."""
    phrase = HTTPStatus(status)
    body = problem(
        status=status,
        code=CODES.get(status, "request.refused"),
        title=phrase.phrase,
        detail=phrase.description or phrase.phrase,
        instance=instance,
    )
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: every refusal becomes a problem document, everything else is a defect."""
    instance = context["request"].path
    translated = as_domain_error(error)
    if translated is not None:
        body, status = problem_of(translated, instance=instance), translated.status
        headers = headers_of(translated)
    elif isinstance(error, exceptions.APIException):
        body, status, headers = _framework_problem(error, instance)
    else:
        return None
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def as_domain_error(error: Exception) -> DomainError | None:
    """Return what a framework's or library's refusal means here; ``None`` for a defect."""
    if isinstance(error, DomainError):
        return error
    for kind, translate in _TRANSLATIONS:
        if isinstance(error, kind):
            return translate(error)
    return None


def _invalid_for_drf(error: Any) -> DomainError:
    return InvalidInput(list(_field_problems("", error.detail)))


def _invalid_for_django(error: Any) -> DomainError:
    return InvalidInput([FieldProblem("body", message) for message in error.messages])


def _cannot_be_digested(error: Exception) -> DomainError:
    message = "A number is beyond 2^53 and has no exact JSON form; send it as a string."
    return InvalidInput([FieldProblem("body", message)])


def _somebody_was_faster(error: Exception) -> DomainError:
    # The database's own words quote values; the name of the constraint is enough to go on.
    diagnosis = getattr(error.__cause__, "diag", None)
    logger.warning("two requests collided at %s", getattr(diagnosis, "constraint_name", "a row"))
    return Conflict(reason="Another request changed the same thing just now; look, and try again.")


def _cannot_be_stored(error: Exception) -> DomainError:
    # The database's own words may quote the value, so that only the kind is logged.
    logger.warning("a value passed validation and did not fit: %s", type(error.__cause__).__name__)
    return InvalidInput([FieldProblem("body", "A value does not fit where it must be kept.")])


_TRANSLATIONS: tuple[tuple[type[Exception], Callable[[Any], DomainError]], ...] = (
    (Http404, lambda error: NotFound(kind="such thing")),
    (PermissionDenied, lambda error: Forbidden(reason=str(error) or "You may not do this.")),
    (exceptions.ValidationError, _invalid_for_drf),
    (DjangoValidationError, _invalid_for_django),
    (RequestDataTooBig, lambda error: TooLarge(limit=body_limit())),
    (UnreadablePostError, lambda error: MalformedJson(reason="The body did not arrive whole.")),
    (CanonicalizationError, _cannot_be_digested),
    (DataError, _cannot_be_stored),
    (IntegrityError, _somebody_was_faster),
)


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
    challenge = getattr(error, "auth_header", None)
    return body, status, {"WWW-Authenticate": str(challenge)} if challenge else {}
