"""The organization a signed-in person is acting for."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from redis.exceptions import RedisError

from accounts.selectors import caller_of_session

NOTED_EVERY_SECONDS = 60


class ActiveOrganizationMiddleware:
    """Sets ``request.caller``: a ``Caller`` for a signed-in person, else ``None``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.caller = SimpleLazyObject(lambda: caller_of_session(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class SessionActivityMiddleware:
    """Notes when and whence a browser was last here, at most once a minute.

    allauth's own middleware writes on every page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and _is_due(key) and request.user.is_authenticated:
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


def _is_due(session_key: str) -> bool:
    try:
        return cache.add(f"seen:{session_key}", 1, timeout=NOTED_EVERY_SECONDS)
    except RedisError:
        # Pages are served without the cache; the list of sessions is a little older then.
        return False
