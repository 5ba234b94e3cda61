"""Evidence and provenance for the operator: to read, not to change."""

from django.contrib import admin
from django.http import HttpRequest

from governance.models import Evidence, Provenance


class ReadOnly(admin.ModelAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Evidence)
class EvidenceAdmin(ReadOnly):
    list_display = ("created_at", "version", "kind", "suite", "digest")
    list_filter = ("kind", "suite")
    search_fields = ("version__listing__name", "version__digest", "digest")
    list_select_related = ("version__listing",)
    date_hierarchy = "created_at"


@admin.register(Provenance)
class ProvenanceAdmin(ReadOnly):
    list_display = ("version", "upstream_author", "upstream_name", "upstream_license")
    search_fields = ("upstream_author", "upstream_name", "version__listing__name")
    list_select_related = ("version__listing",)
