"""Firm prices before a call."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from inference.serializers import MODEL
from inference.services.quotes import quote_call
from marketplace.core.fields import MoneySerializer
from marketplace.core.money import Money

if TYPE_CHECKING:
    from billing.models import Quote


class AskQuoteSerializer(serializers.Serializer[Any]):
    """The call whose price is asked for."""

    model = serializers.RegexField(MODEL, max_length=200)
    input = serializers.DictField(help_text="The input that the call will have.")
    plan = serializers.SlugField(
        max_length=40,
        required=False,
        help_text="A plan of the listing; by default the one subscribed to.",
    )


class QuoteSerializer(serializers.Serializer["Quote"]):
    """A firm ceiling for one call with this input, for a quarter of an hour."""

    id = serializers.UUIDField(help_text="Send it as `quote_id` with the call.")
    plan = serializers.CharField(source="price.plan.code")
    input_digest = serializers.CharField()
    expected = serializers.SerializerMethodField(help_text="What the call will probably cost.")
    maximum = serializers.SerializerMethodField(help_text="What it will never cost more than.")
    expected_quantities = serializers.DictField(child=serializers.IntegerField())
    maximum_quantities = serializers.DictField(child=serializers.IntegerField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()

    @extend_schema_field(MoneySerializer)
    def get_expected(self, quote: "Quote") -> dict[str, Any]:
        return _money(quote.expected_nano, quote)

    @extend_schema_field(MoneySerializer)
    def get_maximum(self, quote: "Quote") -> dict[str, Any]:
        return _money(quote.maximum_nano, quote)


def _money(nano: int, quote: "Quote") -> dict[str, Any]:
    return dict(MoneySerializer(Money(nano, quote.price.currency)).data)


class QuotesView(ApiView):
    """Quotes."""

    @extend_schema(
        summary="Ask what a call costs",
        operation_id="quotes_create",
        request=AskQuoteSerializer,
        responses={201: QuoteSerializer},
    )
    def post(self, request: Request) -> Response:
        sent = self.valid(AskQuoteSerializer)
        made = quote_call(
            by=self.caller, model=sent["model"], value=sent["input"], plan=sent.get("plan", "")
        )
        return Response(QuoteSerializer(made).data, status=201)
