"""Guards of pages: signed in, and allowed. Services check again; pages explain earlier."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.selectors import SESSION_KEY
from accounts.services.members import remember_choice
from accounts.types import Caller
from marketplace.core.clock import now

View = Callable[..., HttpResponseBase]
SIGNED_IN_AT = "signed_in_at"
FIRST_ORGANIZATION = "/organizations/new/"


def caller_of(request: HttpRequest) -> Caller:
    """Return whom a page behind one of these guards acts for."""
    found: Caller = request.caller  # type: ignore[attr-defined]
    return found


def person(request: HttpRequest) -> User:
    """Return who is signed in, on a page behind a guard."""
    assert isinstance(request.user, User)
    return request.user


def act_for(request: HttpRequest, organization_id: UUID) -> None:
    """Let a signed-in person act for an organization, in this browser and at later sign-ins."""
    request.session[SESSION_KEY] = str(organization_id)
    remember_choice(person(request), organization_id)


def signed_in(view: View) -> View:
    """Let in people who are signed in and act for an organization; others go and do so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _way_in(request) or view(request, *args, **kwargs)

    return guarded


def needs(permission: str) -> Callable[[View], View]:
    """Let in members with a permission; raises ``PermissionMissing`` (a 403 page) for others."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            way_in = _way_in(request)
            if way_in is not None:
                return way_in
            caller_of(request).require(permission)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def recently_signed_in(view: View) -> View:
    """Ask for the password (or second factor) again unless it was given a short while ago."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_anonymous or _is_recent(request):
            return view(request, *args, **kwargs)
        ways = get_adapter().get_reauthentication_methods(request.user)
        if not ways:
            return view(request, *args, **kwargs)
        return redirect(f"{ways[0]['url']}?{urlencode({'next': _page_of(request)})}")

    return guarded


def _is_recent(request: HttpRequest) -> bool:
    again = [record["at"] for record in get_authentication_records(request, request.user)]
    newest = max([request.session.get(SIGNED_IN_AT, 0), *again])
    return bool(now().timestamp() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def _way_in(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        answer = redirect_to_login(_page_of(request))
    elif not caller_of(request):
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
