"""What waits for the operator: said by each admin of its own rows, shown together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from marketplace.core.clock import now

RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Concern:
    """Rows that need attention, as a ``ModelAdmin`` names them in ``concerns``.

    ``which`` makes the condition from the moment a day ago; ``query`` narrows the list to them.
    """

    label: str
    which: Callable[[datetime], Q]
    query: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A concern with how many rows it has now, and where they are seen."""

    label: str
    count: int
    url: str


def open_matters(request: HttpRequest) -> Sequence[Matter]:
    """Return every concern about rows that the caller may see, one query each.

    What has rows comes before what is in order.
    """
    since = now() - RECENT
    found = [
        _matter(model, concern, since)
        for model, desk in admin.site._registry.items()
        if desk.has_view_permission(request)
        for concern in getattr(desk, "concerns", ())
    ]
    return sorted(found, key=lambda matter: matter.count == 0)


def _matter(model: Any, concern: Concern, since: datetime) -> Matter:
    count = model._default_manager.filter(concern.which(since)).count()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return Matter(concern.label, count, reverse(name) + concern.query)
