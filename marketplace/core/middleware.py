"""Request ids, and expected refusals as pages or problem documents."""

import ipaddress
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.core.context import RequestFacts, current_request
from marketplace.core.errors import DomainError
from marketplace.core.ids import uuid7
from marketplace.core.problems import problem_response

Handler = Callable[[HttpRequest], HttpResponse]
ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")


def truncated_network(address: str) -> str:
    """Return the /24 (IPv4) or /48 (IPv6) network of an address; empty when it is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


class RequestIdMiddleware:
    """Gives every request an id (the caller's, when it is well formed) and answers with it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-Id", "")
        request_id = offered if ACCEPTED_ID.fullmatch(offered) else f"req_{uuid7().hex}"
        network = truncated_network(request.META.get("REMOTE_ADDR", ""))
        token = current_request.set(RequestFacts(request_id, network))
        try:
            response = self.get_response(request)
        finally:
            current_request.reset(token)
        response["X-Request-Id"] = request_id
        return response


class DomainErrorMiddleware:
    """Turns a ``DomainError`` that leaves a page's view into a page saying what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if request.path.startswith("/api/"):
            return problem_response(error, instance=request.path)
        name = "errors/404.html" if error.status == 404 else "errors/refused.html"
        return render(request, name, {"error": error}, status=error.status)
