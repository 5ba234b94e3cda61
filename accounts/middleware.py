"""The organization a signed-in person is acting for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.selectors import caller_of_session


class ActiveOrganizationMiddleware:
    """Sets ``request.caller``: a ``Caller`` for a signed-in person, else ``None``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.caller = SimpleLazyObject(lambda: caller_of_session(request))  # type: ignore[attr-defined]
        return self.get_response(request)
