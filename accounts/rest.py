"""The base of every API view: the caller, idempotency, rate limits."""

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.auth import caller
from accounts.types import Caller


class ApiView(APIView):
    """An API view of a tenant; ``self.caller`` is who calls."""

    request: Request

    @property
    def caller(self) -> Caller:
        """Return the authenticated caller."""
        return caller(self.request)
