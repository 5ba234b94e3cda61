"""The audit trail."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from accounts.selectors import audit_events_of
from accounts.serializers import AuditEventSerializer, AuditQuerySerializer


class AuditEventsView(ApiView):
    """What happened in the organization."""

    @extend_schema(
        summary="List audit events",
        parameters=[AuditQuerySerializer],
        responses=AuditEventSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        self.caller.require("audit.read")
        action = self.valid_query(AuditQuerySerializer).get("action", "")
        events = audit_events_of(self.caller.organization, action=action)
        return self.page(events, AuditEventSerializer)
