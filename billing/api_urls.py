"""API routes of billing."""

from django.urls import URLPattern, URLResolver, path

from billing.api import plans, subscriptions, usage

MODEL = "models/<slug:owner>/<slug:name>"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{MODEL}/plans", plans.PlansView.as_view()),
    path(f"{MODEL}/plans/<slug:code>", plans.PlanView.as_view()),
    path(f"{MODEL}/plans/<slug:code>/prices", plans.PricesView.as_view()),
    path(f"{MODEL}/price", plans.PriceView.as_view()),
    path("subscriptions", subscriptions.SubscriptionsView.as_view()),
    path("subscriptions/<uuid:subscription_id>", subscriptions.SubscriptionView.as_view()),
    path("usage", usage.UsageView.as_view()),
    path("usage/events", usage.UsageEventsView.as_view()),
    path("credit", subscriptions.CreditView.as_view()),
]
