"""The component gallery at /ui/: every component in all of its states."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.core.ui import Crumb, Tab
from marketplace.storefront import gallery_charts, gallery_samples
from marketplace.storefront.gallery_forms import SampleForm, refused_form

PARTS = {
    "words": "Words and marks",
    "actions": "Actions",
    "forms": "Forms",
    "places": "Places",
    "ways": "Ways through",
    "data": "Data",
    "charts": "Charts",
    "code": "Code",
    "try": "Trying a model",
}
CRUMBS = [Crumb("Stoa", "/"), Crumb("Docs", "/docs/"), Crumb("Components")]


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show all parts on one page, each from its own template."""
    context = {
        "parts": [(name, title, f"ui/gallery/_{name}.html") for name, title in PARTS.items()],
        "contents": [Tab(title, f"#{name}") for name, title in PARTS.items()],
        "crumbs": CRUMBS,
        "form": SampleForm(),
        "refused": refused_form(),
        "sample": gallery_samples.SAMPLE,
        "charts": gallery_charts.CHARTS,
    }
    return render(request, "ui/gallery.html", context)
