"""Who calls the API: a bearer key, or a signed-in browser."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from accounts.errors import NotAuthenticated
from accounts.services.api_keys import authenticate_key
from accounts.types import Caller


class KeyUser:
    """What ``request.user`` is when a key calls."""

    is_authenticated = True
    is_active = True
    is_staff = False
    pk = None

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def __str__(self) -> str:
        return str(self.caller.api_key)


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer stoa_…``; ``Token`` is understood too."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in {"bearer", "token"}:
            return None
        address = request.META.get("REMOTE_ADDR", "")
        caller = authenticate_key(token.strip(), address=address)
        return KeyUser(caller), caller.api_key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="stoa"'


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the schema how a key is sent."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "stoa_live_…",
            "description": "A key of an organization, from its page of API keys.",
        }


class BrowserSessionAuthentication(SessionAuthentication):
    """A signed-in browser, with CSRF protection."""


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the schema that a browser's session is enough."""

    target_class = BrowserSessionAuthentication
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def optional_caller(request: Request) -> Caller | None:
    """Return the caller of an API request, or ``None`` when nobody is signed in."""
    if isinstance(request.user, KeyUser):
        return request.user.caller
    found: Caller | None = getattr(request._request, "caller", None)
    return found or None


def caller(request: Request) -> Caller:
    """Return the caller of an API request; raises ``NotAuthenticated`` when there is none."""
    found = optional_caller(request)
    if found is None:
        raise NotAuthenticated(reason="Send a key as `Authorization: Bearer stoa_live_…`.")
    return found
