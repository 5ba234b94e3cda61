"""API routes of inference."""

from django.urls import URLPattern, URLResolver, path

from inference.api import predictions, quotes

ONE = "predictions/<uuid:prediction_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("predictions", predictions.PredictionsView.as_view()),
    path(ONE, predictions.PredictionView.as_view()),
    path(f"{ONE}/cancel", predictions.CancelPredictionView.as_view()),
    path(f"{ONE}/stream", predictions.PredictionStreamView.as_view()),
    path(f"{ONE}/deliveries", predictions.PredictionDeliveriesView.as_view()),
    path("models/<slug:owner>/<slug:name>/predictions", predictions.ModelPredictionsView.as_view()),
    path("quotes", quotes.QuotesView.as_view()),
    path("webhooks/secret", predictions.WebhookSecretView.as_view()),
]
