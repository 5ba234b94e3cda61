"""The page of a listing, one address for each tab."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.presenters.pricing import pricing_tab
from governance.presenters import evidence_tab
from governance.samples import sample_pictures
from inference.trying.panels import Sample, try_panel
from inference.trying.reference import api_tab
from marketplace.storefront.presenters.lineage import lineage_tab
from marketplace.storefront.presenters.listing import (
    NEED_A_VERSION,
    TABS,
    ListingPage,
    listing_page,
    overview,
)
from marketplace.storefront.presenters.versions import versions_tab

Context = dict[str, Any]


@require_safe
def listing(request: HttpRequest, owner: str, name: str, tab: str = "overview") -> HttpResponse:
    """Show one tab of a listing."""
    if tab not in TABS:
        raise Http404
    page = listing_page(
        owner,
        name,
        tab=tab,
        version=request.GET.get("version", ""),
        viewer=request.caller,  # type: ignore[attr-defined]
    )
    context: Context = {"page": page, "listing": page.listing, "template": TEMPLATES[tab]}
    if tab in NEED_A_VERSION and page.version is None:
        context["template"] = "storefront/listing/_arriving.html"
    else:
        context |= CONTEXTS[tab](page, request)
    return render(request, "storefront/listing.html", context)


def _overview(page: ListingPage, request: HttpRequest) -> Context:
    return {"overview": overview(page)}


def _try(page: ListingPage, request: HttpRequest) -> Context:
    assert page.version is not None
    samples = [
        Sample(one.name, one.credit, one.picture, one.thumbnail)
        for one in sample_pictures(page.listing.task)
    ]
    panel = try_panel(page.listing, page.version, viewer=_viewer(request), samples=samples)
    return {"panel": panel}


def _api(page: ListingPage, request: HttpRequest) -> Context:
    assert page.version is not None
    return {"api": api_tab(page.listing, page.version)}


def _pricing(page: ListingPage, request: HttpRequest) -> Context:
    return {"pricing": pricing_tab(page.listing, _viewer(request), request.GET.dict())}


def _evidence(page: ListingPage, request: HttpRequest) -> Context:
    assert page.version is not None
    return {"tab": evidence_tab(page.listing, page.version, viewer=_viewer(request))}


def _versions(page: ListingPage, request: HttpRequest) -> Context:
    return {"versions": versions_tab(page, viewer=_viewer(request))}


def _lineage(page: ListingPage, request: HttpRequest) -> Context:
    assert page.version is not None
    return {"lineage": lineage_tab(page.version, viewer=_viewer(request))}


def _viewer(request: HttpRequest) -> Any:
    return request.caller or None  # type: ignore[attr-defined]


CONTEXTS: dict[str, Callable[[ListingPage, HttpRequest], Context]] = {
    "overview": _overview,
    "try": _try,
    "api": _api,
    "pricing": _pricing,
    "evidence": _evidence,
    "versions": _versions,
    "lineage": _lineage,
}
TEMPLATES = {
    "overview": "storefront/listing/_overview.html",
    "try": "inference/_try.html",
    "api": "inference/_api.html",
    "pricing": "billing/_pricing.html",
    "evidence": "governance/_evidence.html",
    "versions": "storefront/listing/_versions.html",
    "lineage": "storefront/listing/_lineage.html",
}
