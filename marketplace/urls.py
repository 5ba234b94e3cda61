"""Every route, composed from the apps' own."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

from marketplace.storefront import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/", SpectacularSwaggerView.as_view(url_name="schema"), name="api-browser"),
    path("api/reference/", SpectacularRedocView.as_view(url_name="schema"), name="api-reference"),
    path("api/v1/", include("marketplace.api_urls")),
    path("", include("accounts.urls")),
    path("", include("billing.urls")),
    path("", include("inference.urls")),
    path("", include("governance.urls")),
    path("", include("authoring.urls")),
    path("", include("marketplace.storefront.urls")),
]
