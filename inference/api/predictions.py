"""Calls over the native API."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from inference.api.prefer import read_preference
from inference.models import Prediction
from inference.protocols.events import CONTENT_TYPE, EventStreamRenderer, event_stream
from inference.selectors.deliveries import deliveries_of
from inference.selectors.documents import cost_of, urls_of
from inference.selectors.predictions import PredictionFilter, get_prediction, predictions_of
from inference.serializers import (
    CreatePredictionSerializer,
    PredictionQuerySerializer,
    PredictionSerializer,
    PredictionSummarySerializer,
    RunSerializer,
    WebhookDeliverySerializer,
    WebhookSecretSerializer,
)
from inference.services import predictions
from inference.services.deliveries import reveal_secret
from inference.types import WEBHOOK_EVENTS, Mode, PredictionRequest, WebhookTarget
from marketplace.core.money import to_nano

PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description="`respond-async` answers at once; `wait=10` waits at most ten seconds.",
)
# One event as OpenAPI 3.2 describes a stream: by its fields, whose data is JSON in a string.
EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["start", "output", "done", "error"]},
        "data": {"type": "string"},
    },
}
EVENTS = OpenApiResponse(EVENT, "Server-sent events: start, output, then done or error.")
ANSWERS: dict[Any, Any] = {
    201: OpenApiResponse(PredictionSerializer, "Finished: succeeded, failed or canceled."),
    202: OpenApiResponse(PredictionSerializer, "Accepted, and still starting or processing."),
    (200, CONTENT_TYPE): EVENTS,
}


class CallingView(ApiView):
    """A view that runs models, and can answer with events."""

    runs_long = True
    renderer_classes = (JSONRenderer, EventStreamRenderer)

    def answers_with_stream(self) -> bool:
        """Tell whether the body or the Accept header asks for events."""
        data = self.request.data
        asks = isinstance(data, dict) and data.get("stream") is True
        return asks or super().answers_with_stream()

    def call(self, model: str, sent: dict[str, Any]) -> Response | StreamingHttpResponse:
        """Run what was sent and answer as the caller prefers."""
        preference = read_preference(self.request.headers.get("Prefer", ""))
        mode = Mode.ASYNC if preference.is_async else Mode.SYNC
        if self.answers_with_stream():
            mode = Mode.STREAM
        request = PredictionRequest(
            model=model,
            input=sent["input"],
            mode=mode,
            webhook=_webhook(sent),
            max_cost_nano=_nano(sent.get("max_cost")),
            quote_id=str(sent["quote_id"]) if sent.get("quote_id") else None,
            metadata=sent.get("metadata") or {},
            wait_seconds=preference.wait_seconds,
            identity=self.request_identity,
        )
        if mode is Mode.STREAM:
            return event_stream(predictions.stream(by=self.caller, request=request))
        return answer(predictions.create(by=self.caller, request=request))


class PredictionsView(CallingView):
    """All calls of the organization, and new ones."""

    @extend_schema(
        summary="List predictions",
        parameters=[PredictionQuerySerializer],
        responses=PredictionSummarySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        wanted = PredictionFilter(**self.valid_query(PredictionQuerySerializer))
        return self.page(predictions_of(self.caller, wanted), PredictionSummarySerializer)

    @extend_schema(
        summary="Call a model",
        parameters=[PREFER],
        request=CreatePredictionSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request) -> Response | StreamingHttpResponse:
        sent = self.valid(CreatePredictionSerializer)
        return self.call(sent["model"], sent)


class ModelPredictionsView(CallingView):
    """New calls of the model in the address."""

    @extend_schema(
        summary="Call this model", parameters=[PREFER], request=RunSerializer, responses=ANSWERS
    )
    def post(self, request: Request, owner: str, name: str) -> Response | StreamingHttpResponse:
        return self.call(f"{owner}/{name}", self.valid(RunSerializer))


class PredictionView(ApiView):
    """One call."""

    @extend_schema(summary="Read a prediction", responses=PredictionSerializer)
    def get(self, request: Request, prediction_id: UUID) -> Response:
        return answer(get_prediction(self.caller, prediction_id), status=200)


class CancelPredictionView(ApiView):
    """Stop a call."""

    @extend_schema(
        summary="Cancel a prediction", request=None, responses={200: PredictionSerializer}
    )
    def post(self, request: Request, prediction_id: UUID) -> Response:
        prediction = get_prediction(self.caller, prediction_id)
        return answer(predictions.cancel(by=self.caller, prediction=prediction), status=200)


class PredictionStreamView(ApiView):
    """The events of a call, from its beginning to its end."""

    renderer_classes = (EventStreamRenderer, JSONRenderer)

    @extend_schema(summary="Follow a prediction", responses={(200, CONTENT_TYPE): EVENTS})
    def get(self, request: Request, prediction_id: UUID) -> StreamingHttpResponse:
        prediction = get_prediction(self.caller, prediction_id)
        return event_stream(predictions.follow(prediction.pk), prediction)


class PredictionDeliveriesView(ApiView):
    """The reports of a call to its webhook."""

    @extend_schema(
        summary="List webhook deliveries", responses=WebhookDeliverySerializer(many=True)
    )
    def get(self, request: Request, prediction_id: UUID) -> Response:
        rows = deliveries_of(get_prediction(self.caller, prediction_id))
        return self.page(rows, WebhookDeliverySerializer)


class WebhookSecretView(ApiView):
    """The secret by which webhooks are verified."""

    @extend_schema(summary="Read the webhook secret", responses=WebhookSecretSerializer)
    def get(self, request: Request) -> Response:
        return Response({"key": reveal_secret(by=self.caller)})


def answer(prediction: Prediction, *, status: int | None = None) -> Response:
    """Answer with a prediction, its id, its version and its cost."""
    code = status or (201 if prediction.is_final else 202)
    response = Response(PredictionSerializer(prediction).data, status=code)
    response["Stoa-Prediction-Id"] = str(prediction.pk)
    response["Stoa-Version-Digest"] = prediction.version_digest
    if cost := cost_of(prediction):
        response["Stoa-Cost"] = f"{cost['amount']} {cost['currency']}"
    if status is None:
        response["Location"] = urls_of(prediction)["get"]
    return response


def _webhook(sent: dict[str, Any]) -> WebhookTarget | None:
    if not sent.get("webhook"):
        return None
    events = sent.get("webhook_events_filter") or WEBHOOK_EVENTS[-1:]
    return WebhookTarget(sent["webhook"], tuple(dict.fromkeys(events)))


def _nano(amount: Any) -> int | None:
    return None if amount is None else to_nano(amount, settings.STOA_CURRENCY)
