"""The front of the store."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.storefront.presenters.home import home_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is here and how it works."""
    return render(request, "storefront/home.html", {"page": home_page()})
