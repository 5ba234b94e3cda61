"""The page of the audit trail."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.forms import AuditFilterForm
from accounts.models import AuditEvent
from accounts.permissions import caller_of, needs
from accounts.selectors import audit_actions_of, audit_events_of
from marketplace.core.pagination import newest_page

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as the page shows it."""

    event: AuditEvent
    details: str


@require_GET
@needs("audit.read")
def index(request: HttpRequest) -> HttpResponse:
    """Show what happened, newest first."""
    by = caller_of(request)
    form = AuditFilterForm(request.GET, actions=audit_actions_of(by.organization))
    action = form.cleaned_data["action"] if form.is_valid() else ""
    events = audit_events_of(by.organization, action=action)
    found = newest_page(events, cursor=request.GET.get("cursor", ""), limit=50)
    kept = {"action": action} if action else {}
    page = {
        "form": form,
        "rows": [EventRow(event, _details(event)) for event in found.items],
        "next_url": found.link(found.next_cursor, **kept),
        "previous_url": found.link(found.previous_cursor, **kept),
    }
    return render(request, "accounts/audit.html", page)


def _details(event: AuditEvent) -> str:
    shown = {name: _text(value) for name, value in sorted(event.data.items())}
    return ", ".join(f"{name}: {text}" for name, text in shown.items() if text)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{name} {_text(one)}" for name, one in sorted(value.items()))
    text = str(value)
    return f"{text[:12]}…" if DIGEST.fullmatch(text) else text
