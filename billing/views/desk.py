"""The author's plan editor."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import caller_of, needs
from billing.presenters import editor as pages
from billing.selectors.plans import plan_of_author
from billing.selectors.prices import tariff_of
from billing.services import plans
from catalog.selectors import current_version, get_listing
from marketplace.core.errors import DomainError, InvalidInput
from marketplace.core.ui import Crumb

if TYPE_CHECKING:
    from catalog.models import Listing


def _listing(request: HttpRequest, name: str) -> "Listing":
    by = caller_of(request)
    return get_listing(by.organization.slug, name, viewer=by)


def _meters(listing: "Listing") -> list[str]:
    version = current_version(listing)
    return list(version.signature.get("meters", ())) if version else []


@require_safe
@needs("listings.write")
def index(request: HttpRequest, name: str) -> HttpResponse:
    """List the plans of a listing."""
    listing = _listing(request, name)
    page = pages.desk_plans(listing)
    return render(request, "billing/plan_list.html", {"listing": listing, "page": page})


@require_http_methods(["GET", "POST"])
@needs("listings.write")
def new(request: HttpRequest, name: str) -> HttpResponse:
    """Make a plan with its first price."""
    listing = _listing(request, name)
    mode = pages.starting_mode(request.GET.get("mode", ""), None)
    form = pages.editor(mode=mode, data=request.POST or None, meters=_meters(listing))
    if request.method == "POST" and form.is_valid and "preview" not in request.POST:
        try:
            assert form.plan_form is not None
            plans.create_plan(
                by=caller_of(request),
                listing=listing,
                tariff=form.tariff_form.tariff(),
                effective_from=form.date_form.effective_from(),
                **form.plan_form.cleaned_data,
            )
        except InvalidInput as refusal:
            form.show(refusal)
        except DomainError as refusal:
            form.problems.append(refusal.detail)
        else:
            messages.success(request, "The plan is made.")
            return redirect(pages.plans_url(listing))
    context = {
        "listing": listing,
        "crumbs": pages.crumbs(listing, Crumb("New")),
        "title": "New plan",
        "label": "Make this plan",
        "modes": pages.modes(f"{pages.plans_url(listing)}new/", mode),
    }
    return _show(request, form, context)


@require_http_methods(["GET", "POST"])
@needs("listings.write")
def price(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """Give a plan its next price."""
    listing = _listing(request, name)
    plan = plan_of_author(listing, code)
    tariff = tariff_of(plan.prices.all()[0])
    mode = pages.starting_mode(request.GET.get("mode", ""), tariff)
    form = pages.editor(mode=mode, data=request.POST or None, tariff=tariff, has_plan=True)
    if request.method == "POST" and form.is_valid and "preview" not in request.POST:
        try:
            plans.set_price(
                by=caller_of(request),
                plan=plan,
                tariff=form.tariff_form.tariff(),
                effective_from=form.date_form.effective_from(),
            )
        except InvalidInput as refusal:
            form.show(refusal)
        except DomainError as refusal:
            form.problems.append(refusal.detail)
        else:
            messages.success(request, "The price is set.")
            return redirect(f"{pages.plans_url(listing)}{code}/")
    path = f"{pages.plans_url(listing)}{code}/price/"
    context = {
        "listing": listing,
        "crumbs": pages.crumbs(
            listing, Crumb(plan.name, f"{pages.plans_url(listing)}{code}/"), Crumb("New price")
        ),
        "title": f"New price of {plan.name}",
        "label": "Set this price",
        "modes": pages.modes(f"{path}?mode=fields", mode)[:1] + pages.modes(path, mode)[1:],
    }
    return _show(request, form, context)


def _show(request: HttpRequest, form: pages.Editor, context: dict[str, object]) -> HttpResponse:
    context |= {"editor": form, "preview": None}
    if request.method == "POST" or form.mode == "json":
        context["preview"] = pages.preview(form.tariff_form)
    status = 422 if form.problems or (request.method == "POST" and not form.is_valid) else 200
    return render(request, "billing/plan_edit.html", context, status=status)


@require_safe
@needs("listings.write")
def preview(request: HttpRequest, name: str) -> HttpResponse:
    """Show a tariff that is being written as buyers will see it."""
    _listing(request, name)
    mode = "json" if "tariff_json" in request.GET else "fields"
    form = pages.editor(mode=mode, data=request.GET, has_plan=True).tariff_form
    return render(request, "billing/_plan_preview.html", {"preview": pages.preview(form)})


@require_safe
@needs("listings.write")
def detail(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """Show a plan with the history of its prices."""
    listing = _listing(request, name)
    page = pages.desk_plan(listing, plan_of_author(listing, code))
    return render(request, "billing/plan_detail.html", {"listing": listing, "page": page})


@require_POST
@needs("listings.write")
def offer(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """Offer a plan, or withdraw it."""
    listing = _listing(request, name)
    plan = plan_of_author(listing, code)
    is_offered = request.POST.get("is_active") == "true"
    change = plans.activate_plan if is_offered else plans.deactivate_plan
    change(by=caller_of(request), plan=plan)
    messages.success(request, "The plan is offered." if is_offered else "The plan is withdrawn.")
    return redirect(f"{pages.plans_url(listing)}{code}/")
