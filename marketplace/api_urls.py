"""The native API, under /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("", include(f"{app}.api_urls"))
    for app in ("accounts", "catalog", "billing", "inference", "governance", "authoring")
]
