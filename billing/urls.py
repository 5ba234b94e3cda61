"""Pages of billing."""

from django.urls import URLPattern, URLResolver, path

from billing.views import desk, pricing, subscriptions, usage

MODEL = "models/<slug:owner>/<slug:name>/"
PLANS = "desk/listings/<slug:name>/plans/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{MODEL}calculator/", pricing.estimate, name="calculator"),
    path(f"{MODEL}plans/<slug:code>/subscribe/", pricing.subscribe, name="subscribe"),
    path(f"{PLANS}", desk.index, name="desk-plans"),
    path(f"{PLANS}new/", desk.new, name="desk-plan-new"),
    path(f"{PLANS}preview/", desk.preview, name="desk-plan-preview"),
    path(f"{PLANS}<slug:code>/", desk.detail, name="desk-plan"),
    path(f"{PLANS}<slug:code>/price/", desk.price, name="desk-plan-price"),
    path(f"{PLANS}<slug:code>/offer/", desk.offer, name="desk-plan-offer"),
    path("subscriptions/", subscriptions.index, name="subscriptions"),
    path("subscriptions/<uuid:subscription_id>/", subscriptions.detail, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/cancel/", subscriptions.cancel),
    path("usage/", usage.index, name="usage"),
    path("usage/events.csv", usage.download, name="usage-csv"),
    path("usage/predictions/", usage.predictions, name="usage-predictions"),
    path("usage/predictions/<uuid:prediction_id>/", usage.cost, name="prediction-cost"),
    path("credit/fill/", usage.fill, name="credit-fill"),
]
