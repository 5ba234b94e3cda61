"""The calculator, and the page on which a plan is bought."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import caller_of, needs
from billing.presenters.pricing import calculator
from billing.presenters.subscribe import subscribe_page
from billing.selectors.plans import plan_for, plans_for
from billing.services.credit import open_account
from billing.services.entitlements import subscribe as begin
from catalog.selectors import get_listing
from marketplace.core.errors import DomainError, NotFound


@require_safe
def estimate(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """Answer the calculator: a part of the pricing tab, or a page of its own."""
    viewer = request.caller or None  # type: ignore[attr-defined]
    listing = get_listing(owner, name, viewer=viewer)
    plans = plans_for(listing, viewer)
    if not plans:
        raise NotFound(kind="plan")
    page = {"listing": listing, "calculator": calculator(listing, plans, request.GET.dict())}
    is_part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "billing/_estimates.html" if is_part else "billing/calculator.html"
    response = render(request, template, page)
    response["Vary"] = "HX-Request"
    return response


@require_http_methods(["GET", "POST"])
@needs("billing.manage")
def subscribe(request: HttpRequest, owner: str, name: str, code: str) -> HttpResponse:
    """Say what a plan costs and what it replaces; then begin it."""
    by = caller_of(request)
    listing = get_listing(owner, name, viewer=by)
    plan = plan_for(listing, by, code)
    problem = ""
    if request.method == "POST":
        try:
            made = begin(by=by, plan=plan)
        except DomainError as refusal:
            problem = refusal.detail
        else:
            messages.success(request, f"{plan.name} of {listing.name} is active.")
            return redirect(f"/subscriptions/{made.pk}/")
    open_account(organization=by.organization, currency=plan.prices.latest("number").currency)
    page = subscribe_page(listing, by, code)
    status = 409 if problem else 200
    context = {"page": page, "listing": listing, "problem": problem}
    return render(request, "billing/subscribe.html", context, status=status)
