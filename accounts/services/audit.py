"""The trail: one event per state change, in the same transaction."""

from typing import Any

from django.db.models import Model

from accounts.models import AuditEvent, Organization, User
from accounts.types import Caller
from marketplace.core.context import current_request


def record(
    action: str,
    *,
    by: Caller | None,
    target: Model,
    organization: Organization | None = None,
    **data: Any,
) -> AuditEvent:
    """Write an audit event; ``by`` is ``None`` for the platform itself.

    The event belongs to ``organization``, else to the caller's. ``data`` holds plain JSON
    values and never a secret or the body of a call.
    """
    facts = current_request.get()
    kind, actor_id, label = _actor(by)
    return AuditEvent.objects.create(
        organization=organization or (by.organization if by else None),
        actor_kind=kind,
        actor_id=actor_id,
        actor_label=label,
        action=action,
        target_kind=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=str(target)[:254],
        data=data,
        request_id=facts.request_id,
        network=facts.network,
    )


def record_of_operator(action: str, *, operator: User, target: Model, **data: Any) -> AuditEvent:
    """Write an event of the platform, which belongs to no organization."""
    facts = current_request.get()
    return AuditEvent.objects.create(
        actor_kind="operator",
        actor_id=str(operator.pk),
        actor_label=operator.email,
        action=action,
        target_kind=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=str(target)[:254],
        data=data,
        request_id=facts.request_id,
        network=facts.network,
    )


def _actor(by: Caller | None) -> tuple[str, str, str]:
    if by is None:
        return "platform", "", "Stoa"
    if by.api_key is not None:
        return "key", str(by.api_key.pk), by.api_key.prefix
    if by.user is not None:
        return "user", str(by.user.pk), by.user.email
    return "platform", "", "Stoa"
