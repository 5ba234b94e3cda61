import json

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404, UnreadablePostError
from django.test import RequestFactory
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail

from marketplace.core.canonical import json_digest
from marketplace.core.context import RequestFacts, current_request
from marketplace.core.errors import Conflict, DomainError, FieldProblem, InvalidInput
from marketplace.core.problems import exception_handler, problem_response, status_response


class Unpaid(DomainError):
    code = "shop.unpaid"
    status = 401
    title = "Unpaid"
    message = "Pay first."


def handled(error: Exception):
    return exception_handler(error, {"request": RequestFactory().get("/api/v1/things")})


def test_a_refusal_becomes_a_problem_document():
    token = current_request.set(RequestFacts("req_1"))
    answer = problem_response(Conflict(reason="Later.", retry_after=7), instance="/api/v1/things")
    current_request.reset(token)

    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer["Retry-After"] == "7"
    assert json.loads(answer.content) == {
        "type": "https://stoa.dev/problems/request.conflict",
        "title": "Not possible in the present state",
        "status": 409,
        "detail": "Later.",
        "instance": "/api/v1/things",
        "code": "request.conflict",
        "request_id": "req_1",
        "fault": "caller",
    }


def test_wrong_fields_are_listed():
    answer = handled(InvalidInput([FieldProblem("a.b", "Too long.", "max_length")]))

    assert answer.data["errors"] == [{"field": "a.b", "code": "max_length", "message": "Too long."}]


def test_nested_serializer_errors_name_their_path():
    detail = {
        "messages": [{}, {"role": [ErrorDetail("Unknown.", "choice")]}],
        "non_field_errors": ["Both are missing."],
    }

    answer = handled(exceptions.ValidationError(detail))

    assert [(one["field"], one["code"]) for one in answer.data["errors"]] == [
        ("messages.1.role", "choice"),
        ("body", "invalid"),
    ]


def digest_error() -> Exception:
    try:
        json_digest(2**60)
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "request.not_found"),
        (PermissionDenied("No."), 403, "request.forbidden"),
        (ValidationError("Not a UUID."), 422, "request.invalid"),
        (RequestDataTooBig(), 413, "request.too_large"),
        (UnreadablePostError(), 400, "request.malformed"),
        (DataError("value too long"), 422, "request.invalid"),
        (IntegrityError("Key (email)=(a@b.example) already exists"), 409, "request.conflict"),
        (digest_error(), 422, "request.invalid"),
        (exceptions.ParseError(), 400, "request.malformed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "request.unsupported_media_type"),
        (exceptions.NotAcceptable(), 406, "request.not_acceptable"),
        (exceptions.MethodNotAllowed("PUT"), 405, "request.method_not_allowed"),
        (exceptions.APIException(), 500, "platform.error"),
    ],
)
def test_what_frameworks_refuse_is_translated(error, status, code):
    answer = handled(error)

    assert (answer.status_code, answer.data["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"


def test_what_the_database_says_is_not_repeated(caplog):
    answer = handled(DataError('invalid input: "secret prompt"'))

    assert "secret prompt" not in str(answer.data) + caplog.text


def test_a_defect_stays_one():
    assert handled(ZeroDivisionError()) is None


def test_a_401_names_the_scheme():
    assert handled(Unpaid()).headers["WWW-Authenticate"] == 'Bearer realm="stoa"'


def test_a_status_alone_makes_a_problem_too():
    body = json.loads(status_response(404, instance="/api/v1/nothing").content)

    assert (body["code"], body["title"]) == ("request.not_found", "Not Found")
