"""What the predictions API takes and gives."""

from typing import Any

from rest_framework import serializers

from inference.models import Prediction, PredictionStatus
from inference.selectors.documents import prediction_document
from inference.types import WEBHOOK_EVENTS, Mode

MODEL = r"^[a-z0-9-]+(/|--)[a-z0-9-]+([@:][A-Za-z0-9._+-]+)?$"
STATUSES = list(PredictionStatus.values)
MODES = [str(mode) for mode in Mode]
MOST_METADATA = 20


class MetadataField(serializers.DictField):
    """A few short texts of the caller's own, kept with the prediction."""

    child = serializers.CharField(max_length=500)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        found: dict[str, str] = super().to_internal_value(data)
        if len(found) > MOST_METADATA or any(len(key) > 40 for key in found):
            raise serializers.ValidationError(
                f"Give at most {MOST_METADATA} texts under names of up to 40 characters."
            )
        return found


class RunSerializer(serializers.Serializer[Any]):
    """A call of the model in the address."""

    input = serializers.DictField(
        help_text="As the version's input schema says; see the model's versions."
    )
    stream = serializers.BooleanField(
        default=False, help_text="Answer with server-sent events: start, output, done or error."
    )
    max_cost = serializers.DecimalField(
        max_digits=18,
        decimal_places=9,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="The most that the call may cost, in major units; dearer calls are refused.",
    )
    quote_id = serializers.UUIDField(required=False, allow_null=True)
    webhook = serializers.CharField(
        max_length=2000,
        required=False,
        allow_null=True,
        help_text="A public address that is told, signed as Standard Webhooks says.",
    )
    webhook_events_filter = serializers.ListField(
        child=serializers.ChoiceField(WEBHOOK_EVENTS),
        required=False,
        min_length=1,
        max_length=len(WEBHOOK_EVENTS),
    )
    metadata = MetadataField(required=False)


class CreatePredictionSerializer(RunSerializer):
    """A call of a model."""

    model = serializers.RegexField(
        MODEL,
        max_length=200,
        help_text="`owner/name`, `owner/name:1.0.0`, `owner/name:<digest>`, `owner/name@channel`.",
    )


class PredictionQuerySerializer(serializers.Serializer[Any]):
    """What a list of predictions is narrowed to."""

    model = serializers.RegexField(r"^[a-z0-9-]+/[a-z0-9-]+$", max_length=130, required=False)
    version = serializers.CharField(
        max_length=64, required=False, help_text="A number, or a digest (12 characters or more)."
    )
    status = serializers.ChoiceField(STATUSES, required=False)
    key = serializers.CharField(max_length=24, required=False, help_text="The key's first letters.")
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)


class VersionNameSerializer(serializers.Serializer[Any]):
    """A version by its number and its digest."""

    number = serializers.CharField()
    digest = serializers.CharField()


class RuntimeNameSerializer(serializers.Serializer[Any]):
    """The code that ran it."""

    name = serializers.CharField()
    digest = serializers.CharField(allow_null=True)


class CostSerializer(serializers.Serializer[Any]):
    """An exact amount."""

    amount = serializers.CharField(help_text="Exact decimal, in major units.")
    nano = serializers.IntegerField(help_text="The same in nano-units.")
    currency = serializers.CharField()
    is_test = serializers.BooleanField(help_text="Whether it was paid with a test key's money.")


class PredictionErrorSerializer(serializers.Serializer[Any]):
    """Why a prediction failed, and who has to act: caller, author or platform."""

    code = serializers.CharField()
    detail = serializers.CharField()
    fault = serializers.ChoiceField(["caller", "author", "platform"])
    field = serializers.CharField(required=False)


class PredictionUrlsSerializer(serializers.Serializer[Any]):
    """Where to read, cancel, follow and see a prediction."""

    get = serializers.URLField()
    cancel = serializers.URLField()
    stream = serializers.URLField()
    web = serializers.URLField()


class PredictionSummarySerializer(serializers.Serializer[Prediction]):
    """A prediction without its bodies."""

    id = serializers.UUIDField()
    model = serializers.CharField()
    version = VersionNameSerializer()
    channel = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(STATUSES)
    mode = serializers.ChoiceField(MODES)
    source = serializers.CharField()  # type: ignore[assignment]
    error = PredictionErrorSerializer(allow_null=True)
    finish_reason = serializers.CharField(allow_null=True)
    usage = serializers.DictField(child=serializers.IntegerField())
    cost = CostSerializer(allow_null=True)
    timings_ms = serializers.DictField(child=serializers.FloatField())
    runtime = RuntimeNameSerializer()
    worker = serializers.CharField(allow_null=True)
    device = serializers.CharField(allow_null=True)
    input_digest = serializers.CharField()
    output_digest = serializers.CharField(allow_null=True)
    metadata = serializers.DictField(child=serializers.CharField())
    urls = PredictionUrlsSerializer()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    bodies_removed_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Prediction) -> dict[str, Any]:
        return prediction_document(instance, is_whole=False)


class PredictionSerializer(PredictionSummarySerializer):
    """A prediction; its bodies are there until the organization's data policy removes them."""

    input = serializers.JSONField(allow_null=True)
    output = serializers.JSONField(allow_null=True)

    def to_representation(self, instance: Prediction) -> dict[str, Any]:
        return prediction_document(instance)


class WebhookDeliverySerializer(serializers.Serializer[Any]):
    """One event on its way to its address."""

    id = serializers.UUIDField()
    event = serializers.ChoiceField(WEBHOOK_EVENTS)
    url = serializers.CharField()
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField()
    created_at = serializers.DateTimeField()


class WebhookSecretSerializer(serializers.Serializer[Any]):
    """The secret that signs the organization's webhooks."""

    key = serializers.CharField(help_text="Give it to a Standard Webhooks library.")
