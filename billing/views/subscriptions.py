"""What an organization has bought."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import caller_of, needs, signed_in
from billing.presenters.subscriptions import subscription_page, subscriptions_page
from billing.selectors.subscriptions import subscription
from billing.services.entitlements import end


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """List subscriptions: the active ones, then those that ended."""
    page = subscriptions_page(caller_of(request))
    return render(request, "billing/subscriptions.html", {"page": page})


@require_safe
@signed_in
def detail(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Show one subscription, and what to do next with it."""
    by = caller_of(request)
    page = subscription_page(by, subscription(by, subscription_id))
    return render(request, "billing/subscription.html", {"page": page})


@require_POST
@needs("billing.manage")
def cancel(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Cancel a subscription."""
    by = caller_of(request)
    ended = end(by=by, entitlement=subscription(by, subscription_id))
    if ended.ends_at and ended.state == "active":
        messages.success(request, f"Canceled; calls work until {ended.ends_at:%Y-%m-%d}.")
    else:
        messages.success(request, "Canceled.")
    return redirect("/subscriptions/")
