"""Sums over integers, made by the database."""

from typing import Any

from django.db.models import QuerySet, Sum


def sum_of(rows: "QuerySet[Any]", field: str) -> int:
    """Return the sum of an integer column; 0 where there are no rows."""
    return int(rows.aggregate(sum=Sum(field))["sum"] or 0)
