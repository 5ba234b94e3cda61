"""What a new key may do: right in itself, and no more than its maker may."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from accounts.errors import KeyOutOfReach
from accounts.models import ApiKey
from accounts.types import KEY_SCOPES, Caller
from marketplace.core.clock import now
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import MAXIMUM

MOST_NETWORKS = 50


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """The name, rights and limits that a key is asked for with."""

    name: str
    is_test: bool
    scopes: tuple[str, ...]
    expires_at: datetime | None
    cap: int | None = None
    networks: tuple[str, ...] = ()


def check_terms(terms: KeyTerms, *, by: Caller) -> None:
    """Raise ``InvalidInput`` for wrong terms and ``KeyOutOfReach`` for too wide ones."""
    problems = [*_problems(terms), *_network_problems(terms.networks)]
    if problems:
        raise InvalidInput(problems)
    beyond = [scope for scope in terms.scopes if not by.can(scope)]
    if beyond:
        raise KeyOutOfReach(reason=f"You may not do {', '.join(beyond)} yourself.")
    if by.api_key is not None:
        _require_within(by.api_key, terms)


def _problems(terms: KeyTerms) -> list[FieldProblem]:
    problems = []
    if not 1 <= len(terms.name) <= 80:
        problems.append(FieldProblem("name", "Give a name of 1 to 80 characters to know it by."))
    if not terms.scopes:
        problems.append(FieldProblem("scopes", "Choose at least one thing that it may do."))
    for scope in sorted(set(terms.scopes) - set(KEY_SCOPES)):
        allowed = ", ".join(KEY_SCOPES)
        problems.append(FieldProblem("scopes", f"{scope!r} is not a scope; choose of {allowed}."))
    if terms.expires_at is not None and terms.expires_at <= now():
        problems.append(FieldProblem("expires_at", "This is in the past."))
    if terms.cap is not None and not 0 <= terms.cap <= MAXIMUM:
        problems.append(FieldProblem("spending_cap", "Give an amount that is not negative."))
    return problems


def _network_problems(networks: tuple[str, ...]) -> list[FieldProblem]:
    field = "allowed_networks"
    if len(networks) > MOST_NETWORKS:
        return [FieldProblem(field, f"Give at most {MOST_NETWORKS} networks.")]
    return [
        FieldProblem(field, f"{network!r} is not like 192.0.2.0/24.")
        for network in networks
        if not _is_network(network)
    ]


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _require_within(maker: ApiKey, terms: KeyTerms) -> None:
    if maker.is_test and not terms.is_test:
        raise KeyOutOfReach(reason="A test key makes test keys only.")
    if maker.spending_cap_nano is not None:
        # Two capped keys could spend twice the cap.
        raise KeyOutOfReach(reason="A key with a spending cap makes no other keys.")
    latest = maker.expires_at
    if latest is not None and (terms.expires_at is None or terms.expires_at > latest):
        raise KeyOutOfReach(reason="It would outlive the key that makes it.")
    if maker.allowed_networks and not _is_covered(terms.networks, maker.allowed_networks):
        raise KeyOutOfReach(reason="It would work from networks that its maker does not.")


def _is_covered(networks: tuple[str, ...], allowed: list[str]) -> bool:
    outer = [ipaddress.ip_network(one, strict=False) for one in allowed]
    inner = [ipaddress.ip_network(one, strict=False) for one in networks]
    return bool(inner) and all(
        any(one.version == net.version and one.subnet_of(net) for net in outer)  # type: ignore[arg-type]
        for one in inner
    )
