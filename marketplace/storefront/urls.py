"""Pages of storefront."""

from django.urls import URLPattern, URLResolver, path

from marketplace.storefront import manual_views
from marketplace.storefront.gallery import gallery
from marketplace.storefront.views import browse, compare, home, listing, shelves

MODEL = "models/<slug:owner>/<slug:name>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("models/", browse.browse, name="browse"),
    path(MODEL, listing.listing, name="listing"),
    path(f"{MODEL}<slug:tab>/", listing.listing, name="listing-tab"),
    path("compare/", compare.compare, name="compare"),
    path("collections/", shelves.collections, name="collections"),
    path("collections/<slug:slug>/", shelves.collection, name="collection"),
    path("authors/<slug:slug>/", shelves.author, name="author"),
    path("ui/", gallery, name="gallery"),
    path("docs/", manual_views.manual_home, name="docs"),
    path("docs/search/", manual_views.manual_search, name="docs-search"),
    path("docs/<slug:slug>/", manual_views.manual_page, name="docs-page"),
]
