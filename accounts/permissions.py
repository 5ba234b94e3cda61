"""Guards of pages: signed in, and allowed. Services check again; pages explain earlier."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponse]
FIRST_ORGANIZATION = "/organizations/new/"


def signed_in(view: View) -> View:
    """Let in people who are signed in and act for an organization; others go and do so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _way_in(request) or view(request, *args, **kwargs)

    return guarded


def needs(permission: str) -> Callable[[View], View]:
    """Let in members with a permission; raises ``PermissionMissing`` (a 403 page) for others."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            way_in = _way_in(request)
            if way_in is not None:
                return way_in
            request.caller.require(permission)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return guard


def _way_in(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        answer = redirect_to_login(_page_of(request))
    elif not request.caller:  # type: ignore[attr-defined]
        answer = redirect(FIRST_ORGANIZATION)
    else:
        return None
    return HttpResponseClientRedirect(answer.url) if "HX-Request" in request.headers else answer


def _page_of(request: HttpRequest) -> str:
    """Return where to go on after signing in: this page, or the one a form was on."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return request.get_full_path()
    referrer = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}):
        return "/"
    return urlsplit(referrer)._replace(scheme="", netloc="").geturl() or "/"
