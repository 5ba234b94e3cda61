"""The operator's view of uploads: read, examined again, and held back where needed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from accounts.selectors import acting_for
from accounts.types import Caller
from authoring.models import Check, Submission, SubmissionFile
from authoring.services import submissions
from authoring.services.publishing import quarantine
from marketplace.core.concerns import Concern
from marketplace.core.errors import DomainError


class ReasonForm(ActionForm):
    """An action, and why it is done."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput({"placeholder": "Reason (for a quarantine)", "size": 40}),
    )


class ReadInline(admin.TabularInline):
    """Rows of an upload, to read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FilesInline(ReadInline):
    """The files that were announced, and how much of each is here."""

    model = SubmissionFile
    fields = ("path", "size", "received", "sha256")
    readonly_fields = fields


class ChecksInline(ReadInline):
    """The steps of the examination."""

    model = Check
    fields = ("position", "kind", "state", "summary", "started_at", "finished_at")
    readonly_fields = fields


@admin.register(Submission)
class SubmissionAdmin(admin.ModelAdmin):
    """Uploads with their files and checks; the operator acts through services."""

    list_display = ("listing", "number", "organization", "state", "state_reason", "created_at")
    list_filter = ("state",)
    list_select_related = ("listing", "organization")
    search_fields = ("number", "listing__name", "listing__slug", "organization__slug", "id")
    ordering = ("-created_at",)
    concerns = (
        Concern("Uploads being checked", lambda _: Q(state="checking"), "?state__exact=checking"),
        Concern(
            "Uploads that passed and wait for their author",
            lambda _: Q(state="passed"),
            "?state__exact=passed",
        ),
    )
    action_form = ReasonForm
    actions = ("check_again", "quarantine_version")
    inlines = (ChecksInline, FilesInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether actions are offered: to staff who might change such rows elsewhere."""
        return request.user.has_perm("authoring.change_submission")

    @admin.action(description="Run the checks again", permissions=["operate"])
    def check_again(self, request: HttpRequest, rows: QuerySet[Submission]) -> None:
        """Queue another examination of the chosen uploads."""
        self._apply(
            request, rows, lambda by, row: submissions.run_checks_again(by=by, submission=row)
        )

    @admin.action(description="Quarantine the version it became", permissions=["operate"])
    def quarantine_version(self, request: HttpRequest, rows: QuerySet[Submission]) -> None:
        """Refuse calls of what the chosen uploads became, for the reason given."""
        reason = request.POST.get("reason", "")
        self._apply(request, rows, lambda by, row: quarantine(by=by, submission=row, reason=reason))

    def _apply(
        self,
        request: HttpRequest,
        rows: QuerySet[Submission],
        service: Callable[[Caller, Submission], Any],
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
