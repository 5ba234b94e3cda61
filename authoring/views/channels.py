"""A listing's versions, and the channels that point at them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import caller_of, needs
from authoring import selectors
from authoring.forms import ChannelForm, NewChannelForm, add_problems
from authoring.presenters import DESK, call_of, needs_plan, version_rows
from authoring.services import publishing
from catalog import selectors as catalog
from catalog.selectors.moves import MoveView, earlier_states, moves_of
from catalog.types import ChannelView
from marketplace.core.errors import Conflict, InvalidInput
from marketplace.core.navigation import listing_tabs
from marketplace.core.ui import Crumb

if TYPE_CHECKING:
    from catalog.models import Listing, Version

MOST_OFFERED = 10


@dataclass(frozen=True, slots=True)
class ChannelPanel:
    """A channel with its shares as a form."""

    view: ChannelView
    form: ChannelForm
    is_open: bool = False
    # Where a roll-back would point it, in words; empty when there is nothing to go back to.
    earlier: str = ""

    @property
    def dialog_id(self) -> str:
        """The id of the question before a roll-back."""
        return f"roll-back-{self.view.name}"


@require_GET
@needs("listings.write")
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a listing's versions, channels and the history of moves."""
    return _page(request, _listing(request, slug))


@require_POST
@needs("listings.write")
def point(request: HttpRequest, slug: str, channel: str) -> HttpResponse:
    """Share a channel between versions."""
    listing = _listing(request, slug)
    views = {view.name: view for view in catalog.channels_of(listing)}
    versions = _published(request, listing)
    form = _form(channel, views.get(channel), versions, request.POST)
    if form.is_valid():
        targets = [(versions[number], share) for number, share in form.shares().items()]
        try:
            publishing.point(
                by=caller_of(request),
                listing=listing,
                channel=channel,
                targets=targets,
                reason=form.cleaned_data["reason"],
            )
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, f"{channel} is moved.")
            return redirect("desk-versions", slug)
    return _page(request, listing, wrong=(channel, form))


@require_POST
@needs("listings.write")
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a channel that points at one version."""
    listing = _listing(request, slug)
    versions = _published(request, listing)
    form = NewChannelForm(request.POST, numbers=list(versions))
    if form.is_valid():
        name, number = form.cleaned_data["channel"], form.cleaned_data["version"]
        try:
            publishing.point(
                by=caller_of(request),
                listing=listing,
                channel=name,
                targets=[(versions[number], 100)],
            )
        except InvalidInput as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, f"{name} points at {number}.")
            return redirect("desk-versions", slug)
    return _page(request, listing, new_form=form)


@require_POST
@needs("listings.write")
def roll_back(request: HttpRequest, slug: str, channel: str) -> HttpResponse:
    """Point a channel where it pointed before."""
    listing = _listing(request, slug)
    try:
        publishing.roll_back(by=caller_of(request), listing=listing, channel=channel)
    except Conflict as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, f"{channel} is rolled back. No call was interrupted.")
    return redirect("desk-versions", slug)


def _listing(request: HttpRequest, slug: str) -> "Listing":
    by = caller_of(request)
    return selectors.own_listing(by, by.organization.slug, slug)


def _published(request: HttpRequest, listing: "Listing") -> dict[str, "Version"]:
    versions = catalog.versions_of(listing, viewer=caller_of(request))
    return {one.number: one for one in versions.filter(state="published")}


def _form(
    channel: str, view: ChannelView | None, versions: dict[str, "Version"], data: Any = None
) -> ChannelForm:
    """Return a channel's form: for the versions it points at, and the newest others."""
    shares = {one.version.number: one.weight for one in view.targets} if view else {}
    others = [number for number in versions if number not in shares][:MOST_OFFERED]
    numbers = [*(number for number in shares if number in versions), *others]
    return ChannelForm(data, numbers=numbers, shares=shares, prefix=channel)


def _page(
    request: HttpRequest,
    listing: "Listing",
    *,
    wrong: tuple[str, ChannelForm] | None = None,
    new_form: NewChannelForm | None = None,
) -> HttpResponse:
    published = _published(request, listing)
    panels, earlier = [], earlier_states(listing)
    for view in sorted(catalog.channels_of(listing), key=lambda one: one.name != "stable"):
        is_wrong = wrong is not None and wrong[0] == view.name
        form = wrong[1] if wrong and is_wrong else _form(view.name, view, published)
        panels.append(ChannelPanel(view, form, is_wrong, earlier.get(view.name, "")))
    moves: list[MoveView] = moves_of(listing)
    values = {
        "listing": listing,
        "panels": panels,
        "versions": version_rows(catalog.versions_of(listing, viewer=caller_of(request))),
        "moves": moves,
        "new_form": new_form or NewChannelForm(numbers=list(published)),
        "can_add": bool(published),
        "calls": call_of(listing, caller_of(request)),
        "needs_plan": needs_plan(listing),
        "tabs": listing_tabs(listing.slug, "desk-versions"),
        "crumbs": (DESK, Crumb(listing.name)),
    }
    return render(request, "authoring/versions.html", values)
