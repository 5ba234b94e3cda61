"""The one place that reads the wall clock."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present moment, in UTC, timezone-aware."""
    return timezone.now()
