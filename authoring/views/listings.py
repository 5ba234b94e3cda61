"""The desk's overview, and a listing's texts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import caller_of, needs, signed_in
from authoring import selectors
from authoring.forms import ListingForm, add_problems
from authoring.presenters import DESK, desk_page
from catalog import selectors as catalog
from catalog.services.listings import create_listing, update_listing
from marketplace.core.errors import InvalidInput
from marketplace.core.navigation import listing_tabs
from marketplace.core.ui import Crumb


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """Show an author's listings, their figures, and uploads in progress."""
    by = caller_of(request)
    return render(
        request, "authoring/desk.html", {"page": desk_page(by), "organization": by.organization}
    )


@needs("listings.write")
def new(request: HttpRequest) -> HttpResponse:
    """Create a draft, and go on to its first upload."""
    by = caller_of(request)
    form = ListingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            listing = create_listing(by=by, **form.facts())
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, f"{listing.name} is a draft now. Upload its first version.")
            return redirect("desk-upload", listing.slug)
    page = {"form": form, "licenses": catalog.licenses(), "crumbs": (DESK, Crumb("New listing"))}
    return render(request, "authoring/new_listing.html", page)


@needs("listings.write")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a listing's texts."""
    by = caller_of(request)
    listing = selectors.own_listing(by, by.organization.slug, slug)
    form = ListingForm.of(listing, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            update_listing(by=by, listing=listing, **form.facts())
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, "Saved. Buyers see the new texts from now on.")
            return redirect("desk-edit", slug)
    page = {
        "form": form,
        "listing": listing,
        "licenses": catalog.licenses(),
        "tabs": listing_tabs(listing.slug, "desk-edit"),
        "crumbs": (DESK, Crumb(listing.name)),
    }
    return render(request, "authoring/edit_listing.html", page)
