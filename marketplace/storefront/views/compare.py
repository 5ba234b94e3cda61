"""The comparison of models."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.storefront.presenters.compare import compare_page


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show up to four models side by side, as the address names them."""
    models = request.GET.getlist("model")
    page = compare_page(models, viewer=request.caller)  # type: ignore[attr-defined]
    return render(request, "storefront/compare.html", {"page": page})
