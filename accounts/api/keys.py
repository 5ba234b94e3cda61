"""API keys."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from accounts.selectors import api_key, keys_of
from accounts.serializers import ApiKeySerializer, CreateApiKeySerializer, NewApiKeySerializer
from accounts.services.api_keys import create_key, revoke_key
from marketplace.core.money import to_nano


class KeysView(ApiView):
    """The keys of the organization."""

    @extend_schema(summary="List keys", responses=ApiKeySerializer(many=True))
    def get(self, request: Request) -> Response:
        self.caller.require_unless_person("keys.manage")
        return self.page(keys_of(self.caller.organization), ApiKeySerializer)

    @extend_schema(
        summary="Create a key",
        description="The token is in this answer and nowhere else. A key makes no key that may "
        "do more than itself.",
        request=CreateApiKeySerializer,
        responses={201: NewApiKeySerializer},
    )
    def post(self, request: Request) -> Response:
        terms = _terms(self.valid(CreateApiKeySerializer))
        key, token = create_key(by=self.caller, **terms)
        return Response({**ApiKeySerializer(key).data, "token": token}, status=201)


class KeyView(ApiView):
    """One key."""

    @extend_schema(summary="See a key", responses=ApiKeySerializer)
    def get(self, request: Request, key_id: UUID) -> Response:
        self.caller.require_unless_person("keys.manage")
        return Response(ApiKeySerializer(api_key(self.caller, key_id)).data)

    @extend_schema(
        summary="Revoke a key", description="It is refused at once.", responses={204: None}
    )
    def delete(self, request: Request, key_id: UUID) -> Response:
        revoke_key(by=self.caller, key=api_key(self.caller, key_id))
        return Response(status=204)


def _terms(sent: dict[str, Any]) -> dict[str, Any]:
    cap = sent.pop("spending_cap", None)
    if cap is not None:
        sent["spending_cap_nano"] = to_nano(cap, settings.STOA_CURRENCY)
    return sent
