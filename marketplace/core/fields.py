"""Serializers of values that many answers share."""

from typing import Any

from rest_framework import serializers

from marketplace.core.money import Money, from_nano


class MoneySerializer(serializers.Serializer[Money]):
    """An exact amount in major units of its currency."""

    amount = serializers.CharField(help_text="Exact decimal, in major units.")
    currency = serializers.CharField(help_text="ISO 4217 code.")

    def to_representation(self, instance: Money) -> dict[str, Any]:
        exact = from_nano(instance.nano, instance.currency)
        return {"amount": f"{exact.normalize():f}", "currency": instance.currency}
