"""Pages of storefront."""

from django.urls import URLPattern, URLResolver, path

from marketplace.storefront.gallery import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    path("ui/", gallery, name="gallery"),
]
