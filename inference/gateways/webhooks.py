"""The one client that reaches addresses which buyers gave: public ones, and no redirects."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from requests import RequestException
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress, filter_host

from marketplace.core.errors import FieldProblem, InvalidInput

TIMEOUT_SECONDS = (5.0, 10.0)
LONGEST_URL = 2000
LARGEST_ANSWER = 64 * 1024
INSIDE = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint said: its status, or the error that kept it from saying anything."""

    status: int | None
    error: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the endpoint took it; a redirect is a refusal (Standard Webhooks)."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Headers) -> Answer:
    """Post signed bytes; never raises for what the other side does."""
    try:
        check_url(url)
        with _session() as session:
            response = session.post(url, data=body, headers=headers, stream=True)
            response.raw.read(LARGEST_ANSWER, decode_content=False)
            return Answer(response.status_code)
    except InvalidInput as refusal:
        return Answer(None, str(refusal))
    except InvalidIPAddress:
        return Answer(None, "The address is not a public one.")
    except (RequestException, OSError, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: no answer.")


def check_url(url: str, *, field: str = "webhook") -> None:
    """Refuse an address that is malformed or plainly inside; raises ``InvalidInput``.

    Looks nothing up: names are resolved, and checked again, when something is sent.
    """
    reason = _objection(url)
    if reason:
        raise InvalidInput([FieldProblem(field, reason, "address")])


def _objection(url: str) -> str:
    if len(url) > LONGEST_URL or any(character <= " " for character in url):
        return f"Give an address of at most {LONGEST_URL} characters without spaces."
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "This is not an address."
    if parts.scheme not in {"http", "https"} or not host:
        return "Give an address that begins with https:// or http://."
    if parts.username is not None or parts.password is not None:
        return "Give an address without a user name or password."
    return "" if _may_be_public(host) else "Give an address that is reachable from the internet."


def _may_be_public(host: str) -> bool:
    if settings.STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES:
        return True
    try:
        # Numbers in any notation (decimal, octal, hexadecimal), as connecting would read them.
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return "." in host and not f".{host}".endswith(INSIDE)
    try:
        filter_host(str(ipaddress.ip_address(found[0][4][0])), 443, allow_loopback=False)
    except (InvalidIPAddress, ValueError):
        return False
    return True


def _session() -> HTTPSession:
    is_open = settings.STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES
    config = Config(
        ip_filter_enable=not is_open,
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=TIMEOUT_SECONDS,
        user_agent_override="Stoa-Webhooks/1",
    )
    session = HTTPSession(config)
    session.trust_env = False  # no proxies and no .netrc of the operator's account
    return session
