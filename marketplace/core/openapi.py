"""What drf-spectacular cannot see by itself: every operation may answer with a problem."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from marketplace.core.problems import CONTENT_TYPE


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
    errors = FieldProblemSerializer(many=True, required=False)


class ProblemAutoSchema(AutoSchema):
    """Adds the problem document as the default response of every operation."""

    def get_response_serializers(self) -> Any:
        declared = super().get_response_serializers()
        if not isinstance(declared, dict):
            code = "201" if self.method == "POST" else "204" if self.method == "DELETE" else "200"
            declared = {code: None if self.method == "DELETE" else declared}
        problem = OpenApiResponse(ProblemSerializer, "The request was refused; see `code`.")
        return {**declared, ("default", CONTENT_TYPE): problem}
