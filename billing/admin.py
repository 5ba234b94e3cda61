"""Billing for the operator: look at everything, change only what a service changes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from accounts.models import User
from accounts.types import Caller
from billing.models import (
    CreditAccount,
    CreditGrant,
    Entitlement,
    Fee,
    Hold,
    Plan,
    Price,
    Quote,
    UsageEvent,
)
from billing.pricing import describe
from billing.selectors.prices import tariff_of
from billing.services.credit import LARGEST_GRANT, grant
from billing.services.plans import activate_plan, deactivate_plan
from marketplace.core.concerns import Concern
from marketplace.core.errors import DomainError
from marketplace.core.money import format_money


class ReadOnly(admin.ModelAdmin):
    """Rows that services write, for reading."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def operator(request: HttpRequest, row: Any) -> Caller:
    """Return the operator as an actor; what is done is recorded for the row's organization."""
    assert isinstance(request.user, User)
    return Caller(row.organization, user=request.user)


def money(amount: str) -> Any:
    """Return a column that shows an amount of nano-units."""

    @admin.display(description=amount.removesuffix("_nano"), ordering=amount)
    def shown(_: Any, row: Any) -> str:
        return format_money(getattr(row, amount), row.currency)

    return shown


class PriceInline(admin.TabularInline):
    """Prices of a plan; they never change."""

    model = Price
    extra = 0
    can_delete = False
    fields = ("number", "currency", "in_words", "effective_from", "content_digest")
    readonly_fields = fields
    ordering = ("-number",)

    @admin.display(description="price")
    def in_words(self, price: Price) -> str:
        return describe(tariff_of(price))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    """Plans, with actions that withdraw them and offer them again."""

    list_display = ("name", "listing", "organization", "kind", "is_active", "created_at")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "code", "listing__name", "organization__name")
    list_select_related = ("listing", "organization")
    inlines = (PriceInline,)
    actions = ("withdraw", "offer")

    @admin.action(description="Withdraw the chosen plans; whoever has one keeps it")
    def withdraw(self, request: HttpRequest, plans: QuerySet[Plan]) -> None:
        for plan in plans.select_related("listing__organization", "organization"):
            deactivate_plan(by=operator(request, plan), plan=plan)
        messages.success(request, "The plans are withdrawn.")

    @admin.action(description="Offer the chosen plans again")
    def offer(self, request: HttpRequest, plans: QuerySet[Plan]) -> None:
        for plan in plans.select_related("listing__organization", "organization"):
            activate_plan(by=operator(request, plan), plan=plan)
        messages.success(request, "The plans are offered.")


@admin.register(Price)
class PriceAdmin(ReadOnly):
    """Prices; read-only for good."""

    list_display = ("plan", "number", "in_words", "effective_from")
    list_select_related = ("plan",)
    search_fields = ("plan__name", "plan__listing__name")
    date_hierarchy = "effective_from"

    @admin.display(description="price")
    def in_words(self, price: Price) -> str:
        return describe(tariff_of(price))


@admin.register(Entitlement)
class EntitlementAdmin(ReadOnly):
    """Who may call what."""

    list_display = ("organization", "listing", "plan", "state", "starts_at", "period_ends_on")
    list_filter = ("state", "end_reason")
    list_select_related = ("organization", "listing", "plan")
    search_fields = ("organization__name", "listing__name", "plan__name")


class GrantInline(admin.TabularInline):
    """Credit that was given."""

    model = CreditGrant
    extra = 0
    can_delete = False
    fields = ("kind", "amount", "note", "created_at")
    readonly_fields = fields
    ordering = ("-created_at",)

    @admin.display(description="amount")
    def amount(self, given: CreditGrant) -> str:
        return format_money(given.amount_nano, given.account.currency)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class GrantForm(forms.Form):
    """How much, and why."""

    amount = forms.DecimalField(
        max_digits=16, decimal_places=9, min_value=Decimal("0.000000001"), max_value=LARGEST_GRANT
    )
    note = forms.CharField(max_length=200, help_text="Why; the organization reads it.")


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnly):
    """Credit accounts; the button gives test money, through the service and its audit."""

    list_display = ("organization", "currency", "is_test", "balance", "held")
    list_filter = ("is_test", "currency")
    list_select_related = ("organization",)
    search_fields = ("organization__name", "organization__slug")
    inlines = (GrantInline,)
    change_form_template = "admin/billing/credit_account.html"
    concerns = (
        Concern(
            "Accounts without credit left",
            lambda _: Q(balance_nano__lte=F("held_nano"), is_test=False),
            "?is_test__exact=0&o=4",
        ),
    )
    balance = money("balance_nano")
    held = money("held_nano")

    def get_urls(self) -> list[URLPattern]:
        give = self.admin_site.admin_view(self.give)
        return [path("<uuid:pk>/grant/", give, name="billing_grant"), *super().get_urls()]

    def give(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Give credit to an organization."""
        account = CreditAccount.objects.select_related("organization").get(pk=pk)
        form = GrantForm(request.POST or None)
        back = reverse("admin:billing_creditaccount_change", args=[pk])
        if request.method == "POST" and form.is_valid():
            try:
                grant(by=operator(request, account), account=account, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, refusal.detail)
            else:
                messages.success(request, f"{account} has the credit.")
                return redirect(back)
        context = {**self.admin_site.each_context(request), "form": form, "account": account}
        context |= {"title": f"Give credit to {account.organization}", "back": back}
        return render(request, "admin/billing/grant.html", context)


@admin.register(UsageEvent)
class UsageEventAdmin(ReadOnly):
    """Measured usage; never a body of a call."""

    list_display = ("occurred_at", "organization", "listing", "cost", "is_test", "prediction_id")
    list_filter = ("is_test", "currency")
    list_select_related = ("organization", "listing")
    search_fields = ("prediction_id", "organization__name", "listing__name")
    date_hierarchy = "occurred_at"
    cost = money("cost_nano")


@admin.register(Fee)
class FeeAdmin(ReadOnly):
    """Fees of plans."""

    list_display = ("charged_at", "organization", "listing", "plan", "kind", "amount")
    list_filter = ("kind",)
    list_select_related = ("organization", "listing", "plan")
    search_fields = ("organization__slug", "listing__slug", "plan__name")
    date_hierarchy = "charged_at"
    amount = money("amount_nano")


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    """Money held for running calls."""

    list_display = ("created_at", "organization", "listing", "state", "expires_at", "source_id")
    list_filter = ("state",)
    list_select_related = ("organization", "listing")
    search_fields = ("source_id", "organization__slug", "listing__slug")
    date_hierarchy = "created_at"


@admin.register(Quote)
class QuoteAdmin(ReadOnly):
    """Quotes that were given."""

    list_display = ("created_at", "organization", "listing", "expires_at", "used_by")
    search_fields = ("organization__slug", "listing__slug")
    list_select_related = ("organization", "listing")
