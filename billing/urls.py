"""Pages of billing."""

from django.urls import URLPattern, URLResolver, path

from billing.views import pricing, subscriptions, usage

MODEL = "models/<slug:owner>/<slug:name>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{MODEL}calculator/", pricing.estimate, name="calculator"),
    path(f"{MODEL}plans/<slug:code>/subscribe/", pricing.subscribe, name="subscribe"),
    path("subscriptions/", subscriptions.index, name="subscriptions"),
    path("subscriptions/<uuid:subscription_id>/", subscriptions.detail, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/cancel/", subscriptions.cancel),
    path("usage/", usage.index, name="usage"),
    path("usage/events.csv", usage.download, name="usage-csv"),
    path("usage/predictions/", usage.predictions, name="usage-predictions"),
    path("usage/predictions/<uuid:prediction_id>/", usage.cost, name="prediction-cost"),
    path("credit/fill/", usage.fill, name="credit-fill"),
]
