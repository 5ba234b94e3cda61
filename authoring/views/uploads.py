"""Uploads: begun, watched, published."""

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import caller_of, needs
from accounts.types import Caller
from authoring import selectors
from authoring.forms import RestForm, UploadForm, add_problems
from authoring.models import Submission
from authoring.presenters import (
    CONVERSION,
    DESK,
    needs_plan,
    upload_page,
    upload_rows,
)
from authoring.services import direct, submissions
from marketplace.core.errors import DomainError, InvalidInput
from marketplace.core.navigation import listing_tabs
from marketplace.core.ui import Crumb

if TYPE_CHECKING:
    from catalog.models import Listing

PER_PAGE = 30


@require_GET
@needs("listings.write")
def index(request: HttpRequest) -> HttpResponse:
    """List all uploads of the organization."""
    page = Paginator(selectors.submissions_of(caller_of(request)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    values = {"rows": upload_rows(page.object_list), "paging": page, "crumbs": ()}
    return render(request, "authoring/uploads.html", values)


@require_GET
@needs("listings.write")
def of_listing(request: HttpRequest, slug: str) -> HttpResponse:
    """List the uploads of one listing."""
    by = caller_of(request)
    listing = selectors.own_listing(by, by.organization.slug, slug)
    found = selectors.submissions_of_listing(by, listing)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    values = {
        "rows": upload_rows(page.object_list),
        "paging": page,
        "listing": listing,
        "tabs": listing_tabs(listing.slug, "desk-listing-uploads"),
        "crumbs": (DESK, Crumb(listing.name)),
    }
    return render(request, "authoring/uploads.html", values)


@needs("listings.write")
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the upload of a version; take it whole where there is no JavaScript."""
    by = caller_of(request)
    listing = selectors.own_listing(by, by.organization.slug, slug)
    initial = {"number": request.GET.get("number", "")[:32]}
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            submission = _submit(by, listing, form)
        except InvalidInput as refusal:
            add_problems(form, refusal)
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            return redirect(submission)
    crumbs = (DESK, Crumb(listing.name, f"/desk/models/{slug}/"), Crumb("Upload"))
    page = {"form": form, "listing": listing, "crumbs": crumbs, "conversion": CONVERSION}
    return render(request, "authoring/new_upload.html", page)


def _submit(by: Caller, listing: "Listing", form: UploadForm) -> Submission:
    sent = form.cleaned_data
    return direct.submit(
        by=by,
        listing=listing,
        files=_by_name(sent["chosen"]),
        number=sent["number"],
        notes=sent["notes"],
        base_version=selectors.base_named(by, sent["base"]) if sent["base"] else None,
        relation=sent["relation"],
        publish_when_passed=sent["publish_when_passed"],
    )


def _by_name(files: "Iterable[UploadedFile[Any]]") -> dict[str, IO[bytes]]:
    return {str(file.name): cast("IO[bytes]", file) for file in files}


@require_GET
@never_cache
@needs("listings.write")
def show(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show one upload."""
    found = selectors.get_submission(caller_of(request), submission_id)
    page = {"page": upload_page(found), "form": RestForm()}
    return render(request, "authoring/upload.html", page)


@require_GET
@never_cache
@needs("listings.write")
def progress(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Answer the page's own question; nothing new is 204."""
    seen = request.GET.get("seen", "")
    found = selectors.get_submission(caller_of(request), submission_id)
    page = upload_page(found, seen=seen)
    if page.seen == seen:
        return HttpResponse(status=204)
    values = {"page": page, "is_fragment": True}
    return render(request, "authoring/_progress.html", values)


@require_POST
@needs("listings.write")
def send(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Take the rest of an upload where there is no JavaScript."""
    by = caller_of(request)
    found = selectors.get_submission(by, submission_id)
    form = RestForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            direct.send_rest(by=by, submission=found, files=_by_name(form.cleaned_data["chosen"]))
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            return redirect(found)
    return render(request, "authoring/upload.html", {"page": upload_page(found), "form": form})


@require_POST
@needs("listings.write")
def complete(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Begin the checks of an upload whose bytes are all here."""
    by, found = _asked(request, submission_id)
    submissions.complete(by=by, submission=found)
    return redirect(found)


@require_POST
@needs("listings.write")
def publish(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Publish what passed."""
    by, found = _asked(request, submission_id)
    published = submissions.publish(by=by, submission=found)
    words = f"{found.number} is published. The channel stable points at it."
    if needs_plan(published.listing):
        words += " Nobody can buy it yet: it has no plan."
    messages.success(request, words)
    return redirect("desk-versions", published.listing.slug)


@require_POST
@needs("listings.write")
def check_again(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Examine the same files once more."""
    by, found = _asked(request, submission_id)
    submissions.run_checks_again(by=by, submission=found)
    return redirect(found)


@require_POST
@needs("listings.write")
def abandon(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Give an upload up."""
    by, found = _asked(request, submission_id)
    submissions.abandon(by=by, submission=found)
    words = f"The upload of {found.number} is abandoned; its bytes are gone."
    if found.version_id is not None:
        words = f"The draft of {found.number} is discarded; its number is free again."
    messages.success(request, words)
    return redirect("desk-listing-uploads", found.listing.slug)


def _asked(request: HttpRequest, submission_id: UUID) -> tuple[Caller, Submission]:
    by = caller_of(request)
    return by, selectors.get_submission(by, submission_id)
