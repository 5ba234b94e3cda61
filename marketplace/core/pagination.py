"""Cursor pagination of every list in the API."""

from rest_framework.pagination import CursorPagination


class ByNewest(CursorPagination):
    """Newest first, stable while rows are added; ``limit`` from 1 to 100."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "limit"
    ordering = ("-created_at", "-id")
