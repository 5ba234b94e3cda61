"""What a gateway process answers."""

from django.urls import include, path

from marketplace.storefront import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1/", include("marketplace.api_urls")),
]
