"""Pages of inference."""

from django.urls import path

from inference.views import predictions, trying

MODEL = "models/<slug:owner>/<slug:name>"
ONE = "predictions/<uuid:prediction_id>"

urlpatterns = [
    path(f"{MODEL}/run/", trying.run, name="try-run"),
    path(f"{MODEL}/stream/", trying.stream, name="try-stream"),
    path("predictions/", predictions.index, name="predictions"),
    path(f"{ONE}/", predictions.trace, name="prediction"),
    path(f"{ONE}/row/", predictions.row, name="prediction-row"),
    path(f"{ONE}/cancel/", predictions.cancel, name="prediction-cancel"),
]
