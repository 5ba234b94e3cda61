"""Collections and authors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import selectors as catalog
from marketplace.core.ui import Crumb
from marketplace.storefront.presenters.cards import cards_of


@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    """Show every shelf."""
    return render(request, "storefront/collections.html", {"shelves": catalog.collections()})


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one shelf."""
    shelf = catalog.collection(slug)
    context = {
        "shelf": shelf,
        "cards": cards_of(shelf.listings),
        "crumbs": [Crumb("Collections", "/collections/"), Crumb(shelf.name)],
    }
    return render(request, "storefront/collection.html", context)


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an author's listings and public facts."""
    page = catalog.author_page(slug)
    context = {
        "page": page,
        "organization": page.organization,
        "cards": cards_of(page.listings),
        "crumbs": [Crumb("Models", "/models/"), Crumb(page.organization.name)],
    }
    return render(request, "storefront/author.html", context)
