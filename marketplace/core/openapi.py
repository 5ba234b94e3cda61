"""What drf-spectacular cannot see by itself: problems, and the headers of every answer."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from marketplace.core.problems import CONTENT_TYPE

Direction = Literal["request", "response"]
HEADERS = {
    "X-Request-Id": ("string", "Names this request in logs, the audit trail and problems."),
    "RateLimit-Limit": ("integer", "Requests allowed in a window."),
    "RateLimit-Remaining": ("integer", "Requests left in this window."),
    "RateLimit-Reset": ("integer", "Seconds until the window begins anew."),
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="Repeats of a request with the same key get its first answer, for 24 hours.",
)


class FieldProblemSerializer(serializers.Serializer[Any]):
    """One wrong field."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    fault = serializers.CharField(required=False)
    errors = FieldProblemSerializer(many=True, required=False)  # type: ignore[assignment]


class ProblemAutoSchema(AutoSchema):
    """Adds the problem document, the common headers and the idempotency key to operations."""

    def get_override_parameters(self) -> list[Any]:
        takes_key = self.method == "POST" and hasattr(self.view, "request_identity")
        return [*super().get_override_parameters(), *([IDEMPOTENCY_KEY] if takes_key else [])]

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if direction == "response":
            problem = OpenApiResponse(ProblemSerializer, "The request was refused; see `code`.")
            shown = self._get_response_for_code(problem, "default", [CONTENT_TYPE])  # type: ignore[no-untyped-call]
            bodies["default"] = shown
        return bodies

    def _get_response_headers_for_code(
        self, status_code: str, direction: Direction = "response"
    ) -> dict[str, Any]:
        declared = super()._get_response_headers_for_code(status_code, direction)
        common = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
        return {**common, **declared}


def add_common_headers(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Post-processing hook: write each common header once, under components."""
    result.setdefault("components", {})["headers"] = {
        name: {"description": description, "schema": {"type": kind}}
        for name, (kind, description) in HEADERS.items()
    }
    return result
