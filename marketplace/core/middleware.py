"""Request ids, and expected refusals as pages or problem documents."""

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.core.context import RequestFacts, current_request
from marketplace.core.errors import DomainError
from marketplace.core.ids import uuid7
from marketplace.core.problems import problem_response, status_response

Handler = Callable[[HttpRequest], HttpResponse]
ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")
API = "/api/"
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}


class MalformedAddress(DomainError):
    """The address has a character that no database keeps."""

    code = "request.malformed"
    status = 400
    title = "The address is not valid"
    message = "The address has a NUL character."


class UnsupportedCharset(DomainError):
    """The body is said to be in an encoding other than UTF-8."""

    code = "request.unsupported_media_type"
    status = 415
    title = "The encoding is not supported"
    message = "Send text in UTF-8."


def truncated_network(address: str) -> str:
    """Return the /24 (IPv4) or /48 (IPv6) network of an address; empty when it is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def client_address(request: HttpRequest) -> str:
    """Return the address that the outermost of our own reverse proxies saw."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.STOA_TRUSTED_PROXIES
    forwarded = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
    return forwarded[-proxies] if 0 < proxies <= len(forwarded) and forwarded[0] else direct


class RequestIdMiddleware:
    """Gives every request an id (the caller's, when it is well formed) and answers with it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(request)
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


class StrictRequestMiddleware:
    """Refuses NUL and odd encodings for all; under /api/ every error is a problem document."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = _refusal(request)
        if refusal is not None:
            return _answer(request, refusal)
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if response.status_code >= 400 and is_page and request.path.startswith(API):
            return status_response(response.status_code, instance=request.path)
        return response


def _refusal(request: HttpRequest) -> DomainError | None:
    if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        return MalformedAddress()
    charset = (request.content_params or {}).get("charset", "utf-8")
    return None if charset.strip('"').lower() in CHARSETS else UnsupportedCharset()


def _answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    if request.path.startswith(API):
        return problem_response(error, instance=request.path)
    return HttpResponse(error.detail, status=error.status, content_type="text/plain")


class DomainErrorMiddleware:
    """Turns a ``DomainError`` that leaves a page's view into a page saying what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if request.path.startswith(API):
            return problem_response(error, instance=request.path)
        name = "errors/404.html" if error.status == 404 else "errors/refused.html"
        return render(request, name, {"error": error}, status=error.status)
