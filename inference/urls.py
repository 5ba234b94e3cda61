"""Pages of inference."""

from django.urls import path

from inference.views import trying

MODEL = "models/<slug:owner>/<slug:name>"

urlpatterns = [
    path(f"{MODEL}/run/", trying.run, name="try-run"),
    path(f"{MODEL}/stream/", trying.stream, name="try-stream"),
]
