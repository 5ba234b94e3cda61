"""The page of the audit trail."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.forms import AuditFilterForm
from accounts.models import AuditEvent
from accounts.permissions import caller_of, needs
from accounts.selectors import audit_actions_of, audit_events_of
from marketplace.core.pagination import newest_page


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
    return ", ".join(f"{name}: {_text(value)}" for name, value in event.data.items())


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{name} {one}" for name, one in value.items())
    return str(value)
