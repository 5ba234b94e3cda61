"""Browse and search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.storefront.presenters.browse import browse_page, read_wish


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Show what was found; htmx gets only the parts that change."""
    page = browse_page(read_wish(request.GET), viewer=request.caller)  # type: ignore[attr-defined]
    htmx = request.htmx  # type: ignore[attr-defined]
    is_part = htmx and not htmx.boosted and not htmx.history_restore_request
    name = "storefront/_browse_parts.html" if is_part else "storefront/browse.html"
    response = render(request, name, {"page": page})
    if is_part:
        response["HX-Push-Url"] = page.address
    response["Vary"] = "HX-Request, Cookie"
    return response
