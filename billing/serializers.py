"""What the API of billing takes and gives."""

from typing import Any

from rest_framework import serializers

from billing.models import EntitlementState, GrantKind, PlanKind
from billing.pricing import METERS
from billing.selectors.subscriptions import subscription_views
from billing.selectors.usage import GROUPS, event_views
from marketplace.core.fields import MoneySerializer
from marketplace.core.money import NANO_EXPONENT

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MODEL = r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$"
MOST = 10**12


class PlanSerializer(serializers.Serializer[Any]):
    """A plan with its price in force."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    terms = serializers.CharField()
    kind = serializers.ChoiceField(PlanKind.choices)
    currency = serializers.CharField()
    price_line = serializers.CharField(help_text="The price in words, for people.")
    price_id = serializers.UUIDField()
    price_number = serializers.IntegerField()
    effective_from = serializers.DateTimeField()
    tariff = serializers.SerializerMethodField()
    next_price_line = serializers.CharField(help_text="Empty unless a price is announced.")
    next_price_at = serializers.DateTimeField(allow_null=True)
    is_active = serializers.BooleanField()
    is_private = serializers.BooleanField()
    is_default = serializers.BooleanField(help_text="What the try-it panel and quotes use.")
    is_current = serializers.BooleanField(help_text="Whether the caller has this plan.")

    def get_tariff(self, plan: Any) -> dict[str, Any]:
        form: dict[str, Any] = plan.tariff_form
        return form


class PlansSerializer(serializers.Serializer[Any]):
    """The plans of a listing, in their order."""

    results = PlanSerializer(many=True)


class PlansQuerySerializer(serializers.Serializer[Any]):
    """Which plans."""

    all = serializers.BooleanField(
        required=False, help_text="For the author: also what is withdrawn, private or announced."
    )


class CreatePlanSerializer(serializers.Serializer[Any]):
    """A new plan with its first price."""

    code = serializers.RegexField(SLUG, max_length=40)
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(PlanKind.choices)
    tariff = serializers.JSONField(help_text="See Concepts, Pricing: charges, free, recurring …")
    summary = serializers.CharField(max_length=240, required=False, allow_blank=True)
    terms = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    buyer = serializers.RegexField(
        SLUG, max_length=60, required=False, help_text="Of a private offer: the organization."
    )
    effective_from = serializers.DateTimeField(required=False)


class UpdatePlanSerializer(serializers.Serializer[Any]):
    """Whether the plan is offered."""

    is_active = serializers.BooleanField()


class PriceSerializer(serializers.Serializer[Any]):
    """A dated price; it never changes."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    currency = serializers.CharField()
    tariff = serializers.JSONField()
    content_digest = serializers.CharField(help_text="SHA-256 of the canonical tariff.")
    effective_from = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class SetPriceSerializer(serializers.Serializer[Any]):
    """The next price of a plan; in force at once unless a later date is given."""

    tariff = serializers.JSONField()
    effective_from = serializers.DateTimeField(required=False)


class PriceQuerySerializer(serializers.Serializer[Any]):
    """A month of calls: how many, and what one of them uses of each meter."""

    calls = serializers.IntegerField(min_value=1, max_value=10**9, required=False)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        for meter in METERS.values():
            fields[meter.code] = serializers.IntegerField(
                min_value=0, max_value=MOST, required=False, help_text=f"{meter.many} per call"
            )
        return fields


class CostLineSerializer(serializers.Serializer[Any]):
    """A part of a cost; the parts sum to it."""

    meter = serializers.CharField()
    kind = serializers.CharField()
    quantity = serializers.IntegerField()
    price = serializers.CharField(help_text="Exact decimal, for `per` units.")
    per = serializers.IntegerField()
    amount = MoneySerializer()
    formula = serializers.CharField()


class EstimateSerializer(serializers.Serializer[Any]):
    """A month under one plan."""

    plan = serializers.CharField(source="plan.code")
    price_id = serializers.UUIDField(source="plan.price_id")
    price_line = serializers.CharField(source="plan.price_line")
    per_call = MoneySerializer(source="call", help_text="At list price, beyond the allowance.")
    total = MoneySerializer(help_text="Of the month, with fee and minimum.")
    formula = serializers.ListField(child=serializers.CharField(), source="formulas")
    is_cheapest = serializers.BooleanField()


class EstimatesSerializer(serializers.Serializer[Any]):
    """The same month under every plan."""

    calls = serializers.IntegerField()
    per_call = serializers.DictField(child=serializers.IntegerField())
    results = EstimateSerializer(many=True)


class SubscriptionListSerializer(serializers.ListSerializer[Any]):
    """Rows of a page, put into words together."""

    def to_representation(self, data: Any) -> list[Any]:
        shown: list[Any] = super().to_representation(subscription_views(data))
        return shown


class SubscriptionSerializer(serializers.Serializer[Any]):
    """A right to call a model under a plan."""

    id = serializers.UUIDField()
    model = serializers.CharField()
    plan = serializers.CharField(source="plan_code")
    plan_name = serializers.CharField()
    price_line = serializers.CharField()
    price_number = serializers.IntegerField()
    state = serializers.ChoiceField(EntitlementState.choices)
    started_at = serializers.DateTimeField()
    renews_on = serializers.DateField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()

    class Meta:
        list_serializer_class = SubscriptionListSerializer


class SubscribeSerializer(serializers.Serializer[Any]):
    """A plan to begin; it replaces the active one of the same model."""

    model = serializers.RegexField(MODEL, max_length=121, help_text="owner/name")
    plan = serializers.RegexField(SLUG, max_length=40, help_text="The plan's code.")


class SubscriptionsQuerySerializer(serializers.Serializer[Any]):
    """Which subscriptions."""

    state = serializers.ChoiceField(EntitlementState.choices, required=False)


class UsageQuerySerializer(serializers.Serializer[Any]):
    """Which usage: from one UTC day to another, both included; thirty days unless said."""

    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)
    currency = serializers.ChoiceField(tuple(NANO_EXPONENT), required=False)
    is_test = serializers.BooleanField(required=False, help_text="Calls with test keys.")


class UsageSumsQuerySerializer(UsageQuerySerializer):
    """Which usage, and how it is summed."""

    group_by = serializers.ChoiceField(GROUPS, required=False)


class EventsQuerySerializer(UsageQuerySerializer):
    """Which usage events."""

    model = serializers.RegexField(MODEL, max_length=121, required=False)
    api_key = serializers.UUIDField(required=False)
    member = serializers.UUIDField(required=False)


class UsageRowSerializer(serializers.Serializer[Any]):
    """Calls of one group."""

    id = serializers.CharField(help_text="A day, or the id of a listing, key or member.")
    name = serializers.CharField(source="label")
    calls = serializers.IntegerField()
    cost = MoneySerializer()


class UsageSerializer(serializers.Serializer[Any]):
    """Usage of a range."""

    start = serializers.DateField()
    end = serializers.DateField()
    currency = serializers.CharField()
    is_test = serializers.BooleanField()
    group_by = serializers.ChoiceField(GROUPS)
    calls = serializers.IntegerField()
    cost = MoneySerializer(help_text="Of the calls; fees are apart.")
    fees = MoneySerializer()
    results = UsageRowSerializer(many=True)


class UsageEventListSerializer(serializers.ListSerializer[Any]):
    """Rows of a page, with their names looked up together."""

    def to_representation(self, data: Any) -> list[Any]:
        shown: list[Any] = super().to_representation(event_views(data))
        return shown


class UsageEventSerializer(serializers.Serializer[Any]):
    """The measured usage of one prediction, and what it cost."""

    id = serializers.UUIDField()
    prediction_id = serializers.UUIDField()
    model = serializers.CharField()
    version_id = serializers.UUIDField()
    plan = serializers.CharField()
    price_id = serializers.UUIDField()
    api_key_id = serializers.UUIDField(allow_null=True)
    member_id = serializers.UUIDField(allow_null=True)
    quantities = serializers.DictField(child=serializers.IntegerField())
    cost = MoneySerializer()
    lines = CostLineSerializer(many=True)
    is_test = serializers.BooleanField()
    occurred_at = serializers.DateTimeField()

    class Meta:
        list_serializer_class = UsageEventListSerializer


class GrantSerializer(serializers.Serializer[Any]):
    """Credit that was given."""

    kind = serializers.ChoiceField(GrantKind.choices)
    amount = MoneySerializer()
    note = serializers.CharField()
    given_at = serializers.DateTimeField()


class CreditSerializer(serializers.Serializer[Any]):
    """Credit of the organization; all of it is test money."""

    currency = serializers.CharField()
    is_test = serializers.BooleanField(help_text="Whether this is the account of test keys.")
    is_test_money = serializers.SerializerMethodField()
    balance = MoneySerializer()
    held = MoneySerializer(help_text="Reserved for running calls.")
    free = MoneySerializer()
    granted = MoneySerializer()
    spent = MoneySerializer()
    fees = MoneySerializer()
    running_calls = serializers.IntegerField()
    grants = GrantSerializer(many=True)

    def get_is_test_money(self, credit: Any) -> bool:
        return True
