"""Pages of billing."""

from django.urls import URLPattern, URLResolver, path

from billing.views import pricing

MODEL = "models/<slug:owner>/<slug:name>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{MODEL}calculator/", pricing.estimate, name="calculator"),
    path(f"{MODEL}plans/<slug:code>/subscribe/", pricing.subscribe, name="subscribe"),
]
