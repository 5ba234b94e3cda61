"""The operator's view of calls: where they run, how they end, never what they say."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet, URLField
from django.http import HttpRequest

from accounts.models import User
from accounts.selectors import acting_for
from inference.models import Deployment, Pool, Prediction, WebhookDelivery
from inference.services.deliveries import try_again
from inference.services.deployments import set_paused
from inference.services.predictions import cancel
from marketplace.core.concerns import Concern
from marketplace.core.errors import DomainError

BODIES = ("input", "output", "metadata")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that services write, for reading."""

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether actions are offered: to staff who might change such rows elsewhere."""
        return request.user.has_perm(f"inference.change_{self.opts.model_name}")


@admin.register(Pool)
class PoolAdmin(admin.ModelAdmin):
    """Pools; workers of a new one are started with ``-Q`` and its queue."""

    list_display = ("name", "hardware", "queue")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    """Where listings are served; they can be paused here."""

    list_display = ("listing", "organization", "pool", "state", "max_concurrency")
    list_filter = ("state", "pool")
    list_select_related = ("listing", "organization", "pool")
    search_fields = ("listing__slug", "listing__name", "organization__slug")
    actions = ("pause", "resume")
    concerns = (
        Concern("Deployments that are paused", lambda _: Q(state="paused"), "?state__exact=paused"),
    )

    @admin.action(description="Pause: refuse new calls", permissions=["operate"])
    def pause(self, request: HttpRequest, rows: QuerySet[Deployment]) -> None:
        """Pause the chosen deployments."""
        self._set_paused(request, rows, is_paused=True)

    @admin.action(description="Take calls again", permissions=["operate"])
    def resume(self, request: HttpRequest, rows: QuerySet[Deployment]) -> None:
        """Resume the chosen deployments."""
        self._set_paused(request, rows, is_paused=False)

    def _set_paused(
        self, request: HttpRequest, rows: QuerySet[Deployment], *, is_paused: bool
    ) -> None:
        assert isinstance(request.user, User)
        for row in rows.select_related("listing__organization", "organization"):
            by = acting_for(row.organization, operator=request.user)
            set_paused(by=by, deployment=row, is_paused=is_paused)
        self.message_user(request, "Done.", messages.SUCCESS)


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    """Calls and their traces, without what was sent and answered."""

    list_display = (
        "created_at",
        "organization",
        "listing",
        "status",
        "problem",
        "mode",
        "attempt",
        "id",
    )
    date_hierarchy = "created_at"
    show_full_result_count = False
    list_filter = ("status", "mode", "source", "pool", "is_test")
    list_select_related = ("organization", "listing")
    search_fields = ("id", "request_id", "organization__slug", "version_digest")
    exclude = BODIES
    actions = ("cancel",)
    concerns = (
        Concern(
            "Calls of a day that failed by our fault",
            lambda since: Q(status="failed", error__fault="platform", created_at__gte=since),
            "?status__exact=failed",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prediction]:
        return super().get_queryset(request).defer(*BODIES)

    @admin.display(description="problem")
    def problem(self, prediction: Prediction) -> str:
        """Return the code of what went wrong and whose fault it was."""
        error = prediction.error or {}
        return f"{error['code']} ({error['fault']})" if error else ""

    @admin.action(description="Cancel", permissions=["operate"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Prediction]) -> None:
        """Cancel the chosen predictions; those that are finished say so."""
        assert isinstance(request.user, User)
        for row in rows.select_related("organization"):
            by = acting_for(row.organization, operator=request.user)
            try:
                cancel(by=by, prediction=row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error.detail}", messages.ERROR)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Reports on their way, without what they say."""

    list_display = ("id", "event", "url", "attempts", "last_status", "delivered_at", "failed_at")
    list_filter = ("event", "last_status", ("failed_at", admin.EmptyFieldListFilter))
    date_hierarchy = "created_at"
    show_full_result_count = False
    search_fields = ("id", "url", "organization__slug", "prediction__id")
    exclude = ("payload",)
    actions = ("try_now",)
    concerns = (
        Concern(
            "Webhooks of a day that were given up",
            lambda since: Q(failed_at__gte=since),
            "?failed_at__isempty=0",
        ),
    )

    @admin.action(description="Try again now", permissions=["operate"])
    def try_now(self, request: HttpRequest, rows: QuerySet[WebhookDelivery]) -> None:
        """Send the chosen reports that still wait with the next round."""
        count = sum(try_again(row) for row in rows)
        self.message_user(request, f"{count} will be tried now.", messages.SUCCESS)
