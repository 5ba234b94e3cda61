"""The operator's view of the catalog: what authors made is read, and held back where needed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Count, Q, QuerySet, URLField
from django.http import HttpRequest

from accounts.selectors import acting_for
from accounts.services import audit
from accounts.types import Caller
from catalog.models import (
    Collection,
    CollectionItem,
    License,
    LineageEdge,
    Listing,
    Tag,
    Version,
    VersionFile,
)
from catalog.services import listings, versions
from marketplace.core.concerns import Concern
from marketplace.core.errors import DomainError

Row = Listing | Version


class ReasonForm(ActionForm):
    """An action, and why it is done."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput({"placeholder": "Reason (for a quarantine)", "size": 40}),
    )


class ReadAdmin(admin.ModelAdmin):
    """Rows that authors write; the operator acts on them through services."""

    action_form = ReasonForm

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether actions are offered: to staff who might change such rows elsewhere."""
        return request.user.has_perm(f"catalog.change_{self.opts.model_name}")

    def apply(
        self, request: HttpRequest, rows: QuerySet[Any], service: Callable[[Caller, Any], Any]
    ) -> None:
        """Call a service for every chosen row; a refusal is shown and stops nothing else."""
        done = 0
        for row in rows.select_related("organization"):
            by = acting_for(row.organization, operator=request.user)  # type: ignore[arg-type]
            try:
                service(by, row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error.detail}", messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, f"Done for {done}.", messages.SUCCESS)


@admin.register(Listing)
class ListingAdmin(ReadAdmin):
    """Listings: quarantine, restore, feature."""

    list_display = (
        "name",
        "organization",
        "task",
        "state",
        "is_featured",
        "prediction_count",
        "measured_count",
        "published_at",
    )
    list_filter = ("state", "is_featured", "task", "hardware")
    list_select_related = ("organization",)
    search_fields = ("name", "slug", "organization__slug", "organization__name", "id")
    ordering = ("-created_at",)
    actions = ("quarantine", "restore", "feature", "unfeature")
    concerns = (
        Concern(
            "Listings in quarantine",
            lambda _: Q(state="quarantined"),
            "?state__exact=quarantined",
        ),
    )

    @admin.action(description="Quarantine: hide and refuse calls", permissions=["operate"])
    def quarantine(self, request: HttpRequest, rows: QuerySet[Listing]) -> None:
        """Quarantine the chosen listings for the reason given."""
        reason = request.POST.get("reason", "")
        self.apply(
            request,
            rows,
            lambda by, row: listings.quarantine_listing(by=by, listing=row, reason=reason),
        )

    @admin.action(description="Restore after quarantine", permissions=["operate"])
    def restore(self, request: HttpRequest, rows: QuerySet[Listing]) -> None:
        """End the quarantine of the chosen listings."""
        self.apply(request, rows, lambda by, row: listings.restore_listing(by=by, listing=row))

    @admin.action(description="Feature on the home page", permissions=["operate"])
    def feature(self, request: HttpRequest, rows: QuerySet[Listing]) -> None:
        """Put the chosen listings on the home page."""
        self.apply(
            request,
            rows,
            lambda by, row: listings.feature_listing(by=by, listing=row, is_featured=True),
        )

    @admin.action(description="Take off the home page", permissions=["operate"])
    def unfeature(self, request: HttpRequest, rows: QuerySet[Listing]) -> None:
        """Take the chosen listings off the home page."""
        self.apply(
            request,
            rows,
            lambda by, row: listings.feature_listing(by=by, listing=row, is_featured=False),
        )


class FilesInline(admin.TabularInline):
    """The files of a version, by digest."""

    model = VersionFile
    extra = 0
    can_delete = False
    fields = ("path", "artifact")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Version)
class VersionAdmin(ReadAdmin):
    """Versions: content is immutable; a quarantine refuses their calls."""

    list_display = ("number", "listing", "short_digest", "runtime", "state", "published_at")
    list_filter = ("state", "runtime")
    list_select_related = ("listing",)
    search_fields = ("number", "digest", "listing__name", "listing__slug")
    ordering = ("-created_at",)
    actions = ("quarantine", "restore")
    concerns = (
        Concern(
            "Versions in quarantine",
            lambda _: Q(state="quarantined"),
            "?state__exact=quarantined",
        ),
    )
    inlines = (FilesInline,)

    @admin.action(description="Quarantine: refuse calls", permissions=["operate"])
    def quarantine(self, request: HttpRequest, rows: QuerySet[Version]) -> None:
        """Quarantine the chosen versions for the reason given."""
        reason = request.POST.get("reason", "")
        self.apply(
            request,
            rows,
            lambda by, row: versions.quarantine_version(by=by, version=row, reason=reason),
        )

    @admin.action(description="Restore after quarantine", permissions=["operate"])
    def restore(self, request: HttpRequest, rows: QuerySet[Version]) -> None:
        """End the quarantine of the chosen versions."""
        self.apply(request, rows, lambda by, row: versions.restore_version(by=by, version=row))


@admin.register(LineageEdge)
class LineageEdgeAdmin(ReadAdmin):
    """Derivations, to read."""

    list_display = ("child", "relation", "parent", "is_measured", "created_at")
    list_filter = ("relation", "is_measured")
    list_select_related = ("child__listing", "parent__listing")
    search_fields = ("child__listing__name", "parent__listing__name")


class AuditedAdmin(admin.ModelAdmin):
    """Reference data that the operator edits; each change leaves a trail."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        verb = "update" if change else "create"
        self._record(request, obj, verb, changed=sorted(form.changed_data))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(request, obj, "delete")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self._record(request, obj, "delete")
        super().delete_queryset(request, queryset)

    def _record(self, request: HttpRequest, obj: Any, verb: str, **data: Any) -> None:
        audit.record_of_operator(
            f"{self.opts.model_name}.{verb}",
            operator=request.user,  # type: ignore[arg-type]
            target=obj,
            **data,
        )


@admin.register(License)
class LicenseAdmin(AuditedAdmin):
    """Licenses and what they allow."""

    list_display = (
        "spdx_id",
        "name",
        "allows_commercial_use",
        "allows_derivatives",
        "is_open_source",
    )
    list_filter = ("allows_commercial_use", "allows_derivatives", "is_open_source")
    search_fields = ("spdx_id", "name")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


class ItemsInline(admin.TabularInline):
    """What is on a shelf, in order."""

    model = CollectionItem
    extra = 1
    fields = ("position", "listing")
    autocomplete_fields = ("listing",)


@admin.register(Collection)
class CollectionAdmin(AuditedAdmin):
    """Shelves of the store."""

    list_display = ("name", "slug", "position", "items_count")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (ItemsInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        rows: QuerySet[Collection] = super().get_queryset(request)
        return rows.annotate(size=Count("items"))

    @admin.display(description="models", ordering="size")
    def items_count(self, collection: Any) -> int:
        return int(collection.size)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        items = form.instance.items.select_related("listing__organization")
        models = [item.listing.model_id for item in items]
        self._record(request, form.instance, "arrange", models=models)


@admin.register(Tag)
class TagAdmin(AuditedAdmin):
    """Words that group listings."""

    list_display = ("slug", "use_count")
    search_fields = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        rows: QuerySet[Tag] = super().get_queryset(request)
        return rows.annotate(size=Count("listings")).order_by("-size", "slug")

    @admin.display(description="listings", ordering="size")
    def use_count(self, tag: Any) -> int:
        return int(tag.size)
