"""Facts about the present request, for audit lines, and about the site, for templates."""

from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """The id of a request, and the network it came from (the last octets left out)."""

    request_id: str = ""
    network: str = ""


NOWHERE = RequestFacts()
current_request: ContextVar[RequestFacts] = ContextVar("current_request", default=NOWHERE)


def site(request: HttpRequest) -> dict[str, object]:
    """Template context of every page."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
