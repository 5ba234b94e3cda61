"""Routes of accounts alone, for tests of what all APIs have in common."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("accounts.api_urls"))]
