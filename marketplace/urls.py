"""Every route, composed from the apps' own."""

from csp.decorators import csp_update
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)

from marketplace.storefront import health

# Redoc's bundle writes two style elements before it can be told the page's nonce: an empty
# one, and the scroll bar's. Another release of it needs other digests.
REDOC_STYLES = [
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
]
reference = csp_update({"style-src": REDOC_STYLES})(SpectacularRedocView.as_view(url_name="schema"))

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-browser"),
    path("api/reference/", reference, name="api-reference"),
    path("api/v1/", include("marketplace.api_urls")),
    path("", include("accounts.urls")),
    path("", include("billing.urls")),
    path("", include("inference.urls")),
    path("", include("governance.urls")),
    path("", include("authoring.urls")),
    path("", include("marketplace.storefront.urls")),
]
