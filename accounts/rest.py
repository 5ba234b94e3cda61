"""The base of every API view: who calls, what was sent, lists, safe retries and limits."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import (
    BaseSerializer,
    ListField,
    MultipleChoiceField,
    Serializer,
)
from rest_framework.views import APIView

from accounts.auth import caller, optional_caller
from accounts.errors import IdempotencyKeyInFlight, IdempotencyKeyOnStream, RateLimited
from accounts.services import idempotency, rate_limits
from accounts.services.idempotency import Claim, KeptAnswer
from accounts.types import Caller
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.json_body import check
from marketplace.core.pagination import ByNewest

KEY_HEADER = "Idempotency-Key"
KEY_FORM = re.compile(r"[!-~]{1,255}")
LOCK = timedelta(seconds=60)
LISTS = (ListField, MultipleChoiceField)
NOT_KEPT = {"vary", "allow", "content-length"}


class ApiView(APIView):
    """An API view of a tenant: ``self.caller`` calls, ``self.valid(Input)`` is what was sent."""

    request: Request
    pagination_class: type[ByNewest] = ByNewest
    # Whether a handler waits for models: then its transaction is its own affair.
    runs_long = False
    # The same for every repetition of a request with an Idempotency-Key.
    request_identity: UUID | None = None
    _allowance: rate_limits.Allowance | None = None

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
        return _validated(serializer_class, _plain(serializer_class, self.request.query_params))

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

    def answers_with_stream(self) -> bool:
        """Tell whether this request asks for a stream, which cannot be kept for repetitions."""
        return "text/event-stream" in self.request.headers.get("Accept", "")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do as the framework does, with the handler inside ``answer``."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        response: Any
        try:
            if KEY_HEADER in request.headers:
                _ = request.body  # kept in memory before a parser uses the stream up
            self.initial(self.request, *args, **kwargs)
            response = self.answer(lambda: self._handler()(self.request, *args, **kwargs))
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def _handler(self) -> Callable[..., Any]:
        name = (self.request.method or "").lower()
        fallback = self.http_method_not_allowed
        return getattr(self, name, fallback) if name in self.http_method_names else fallback

    def perform_authentication(self, request: Request) -> None:
        """Authenticate, and count the request for the organization, else for the address."""
        subject = f"address:{request.META.get('REMOTE_ADDR', '')}"
        try:
            super().perform_authentication(request)
            found = self.optional_caller
            subject = f"organization:{found.organization.pk}" if found else subject
        finally:
            self._allowance = rate_limits.take(subject)

    def check_throttles(self, request: Request) -> None:
        """Raise ``RateLimited`` once the minute's requests are used up."""
        if self._allowance is not None and self._allowance.is_exceeded:
            wait = self._allowance.reset_seconds
            raise RateLimited(
                retry_after=wait, limit=self._allowance.limit, retry_after_seconds=wait
            )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add the rate-limit headers."""
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self._allowance.headers() if self._allowance else {}).items():
            final[name] = value
        return final

    def answer(self, run: Callable[[], Any]) -> Any:
        """Run the handler, once for all repetitions of a POST with an Idempotency-Key."""
        key = self.request.headers.get(KEY_HEADER)
        if key is None or self.request.method != "POST" or self.optional_caller is None:
            return run()
        claim = self._begin(key)
        if isinstance(claim, KeptAnswer):
            return _replay(claim)
        self.request_identity = claim.identity
        try:
            return self._run_once(run, claim)
        except Exception:
            idempotency.release(claim=claim)
            raise

    def _begin(self, key: str) -> Claim | KeptAnswer:
        if not KEY_FORM.fullmatch(key):
            message = "Give 1 to 255 printable ASCII characters without spaces."
            raise InvalidInput([FieldProblem(KEY_HEADER, message)])
        if self.answers_with_stream():
            raise IdempotencyKeyOnStream()
        http = self.request._request
        digest = idempotency.fingerprint(
            by=self.caller, method="POST", path=http.get_full_path(), body=http.body
        )
        longest = LOCK + timedelta(seconds=settings.STOA_PREDICTION_TIMEOUT_SECONDS)
        lock_for = longest if self.runs_long else LOCK
        return idempotency.begin(by=self.caller, key=key, request_sha256=digest, lock_for=lock_for)

    def _run_once(self, run: Callable[[], Any], claim: Claim) -> Any:
        with nullcontext() if self.runs_long else transaction.atomic():
            response = self.finalize_response(self.request, run(), *self.args, **self.kwargs)
            if response.streaming:
                idempotency.release(claim=claim)
                return response
            if isinstance(response, Response):
                response.render()
            kept = idempotency.finish(by=self.caller, claim=claim, answer=_kept(response))
            if not kept and not self.runs_long:
                # A repetition took over an expired claim: its effect stands, this one is undone.
                raise IdempotencyKeyInFlight(retry_after=1)
        return response


def _kept(response: Any) -> KeptAnswer:
    headers = {
        name: value
        for name, value in response.items()
        if name.lower() not in NOT_KEPT and not name.lower().startswith("ratelimit")
    }
    return KeptAnswer(response.status_code, headers, response.content)


def _replay(answer: KeptAnswer) -> HttpResponse:
    headers = {**answer.headers, "Idempotent-Replayed": "true"}
    return HttpResponse(answer.body, status=answer.status, headers=headers)


def _plain(serializer_class: type[Serializer[Any]], params: QueryDict) -> dict[str, Any]:
    """Return query parameters as JSON would hold them: lists where the field is one."""
    fields = serializer_class().fields
    lists = {name for name, field in fields.items() if isinstance(field, LISTS)}
    return {
        name: values if name in lists or len(values) > 1 else values[0]
        for name, values in params.lists()
        if values
    }


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
    check(found)
    return found
