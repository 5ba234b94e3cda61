"""Pages of storefront."""

from django.urls import URLPattern, URLResolver, path

from marketplace.storefront import manual_views
from marketplace.storefront.gallery import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    path("ui/", gallery, name="gallery"),
    path("docs/", manual_views.manual_home, name="docs"),
    path("docs/search/", manual_views.manual_search, name="docs-search"),
    path("docs/<slug:slug>/", manual_views.manual_page, name="docs-page"),
]
