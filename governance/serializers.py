"""What the API says about evidence."""

from typing import Any

from rest_framework import serializers


class MetricSerializer(serializers.Serializer[Any]):
    """One measured number."""

    name = serializers.CharField()
    value = serializers.FloatField()
    n = serializers.IntegerField()
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    unit = serializers.CharField()
    higher_is_better = serializers.BooleanField()


class EvidenceSerializer(serializers.Serializer[Any]):
    """A signed result."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    suite = serializers.CharField()
    suite_digest = serializers.CharField()
    dataset_digest = serializers.CharField()
    environment_digest = serializers.CharField()
    output_digest = serializers.CharField()
    version_digest = serializers.CharField(source="version.digest")
    metrics = MetricSerializer(many=True, source="metrics.metrics")
    report = serializers.JSONField()
    digest = serializers.CharField()
    created_at = serializers.DateTimeField()


class SignedEvidenceSerializer(EvidenceSerializer):
    """A result with its DSSE envelope, to verify offline with the operator's public key."""

    envelope = serializers.JSONField()
    reproductions = EvidenceSerializer(many=True)


class AcceptedSerializer(serializers.Serializer[Any]):
    """Work that was queued."""

    status = serializers.CharField()


class SigningKeySerializer(serializers.Serializer[Any]):
    """The operator's public key."""

    key_id = serializers.CharField()
    algorithm = serializers.CharField()
    public_key_pem = serializers.CharField()


class CardFactSerializer(serializers.Serializer[Any]):
    """One line of a card."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    source = serializers.ChoiceField(choices=["measured", "stated"])  # type: ignore[assignment]
    evidence = serializers.CharField(allow_null=True)


class CardSectionSerializer(serializers.Serializer[Any]):
    """Lines under a heading."""

    title = serializers.CharField()
    facts = CardFactSerializer(many=True)


class ModelCardSerializer(serializers.Serializer[Any]):
    """A model card."""

    title = serializers.CharField()
    version_digest = serializers.CharField()
    sections = CardSectionSerializer(many=True)
