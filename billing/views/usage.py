"""The usage page, the predictions behind it, and what each cost."""

import csv
from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import caller_of, needs
from billing.forms.usage import RangeForm
from billing.presenters.usage import EventsView, events_query, usage_view
from billing.selectors.costs import cost_of
from billing.selectors.usage import event_rows, event_views, filtered_events
from billing.services.credit import open_account, top_up_test
from marketplace.core.errors import InvalidInput, NotFound
from marketplace.core.pagination import newest_page


@require_safe
@needs("usage.read")
def index(request: HttpRequest) -> HttpResponse:
    """Show usage of a range of days."""
    by = caller_of(request)
    form = RangeForm(request.GET or {})
    problem = ""
    try:
        within = form.range()
    except InvalidInput as refusal:
        problem = refusal.problems[0].message
        within = RangeForm({}).range()
    open_account(organization=by.organization, is_test=within.is_test)
    view = usage_view(by.organization, within)
    page = {"view": view, "problem": problem, "can_fill": by.can("billing.manage")}
    return render(request, "billing/usage.html", page, status=422 if problem else 200)


@require_safe
@needs("usage.read")
def predictions(request: HttpRequest) -> HttpResponse:
    """List the predictions behind a row of usage, with their cost."""
    by = caller_of(request)
    form = RangeForm(request.GET or {})
    within = form.range()
    chosen = form.filter()
    rows = filtered_events(by.organization, within, chosen)
    page = newest_page(rows, cursor=request.GET.get("cursor", ""), by="occurred_at")
    base = events_query(within, chosen)
    view = EventsView(
        rows=event_views(page.items),
        summary=f"{within.start} to {within.end}",
        previous_url=f"{base}&cursor={page.previous_cursor}" if page.previous_cursor else "",
        next_url=f"{base}&cursor={page.next_cursor}" if page.next_cursor else "",
    )
    return render(request, "billing/events.html", {"view": view, "within": within})


@require_safe
@needs("usage.read")
def cost(request: HttpRequest, prediction_id: UUID) -> HttpResponse:
    """Open the cost of a prediction into its parts: a fragment, or a page of its own."""
    found = cost_of(prediction_id, caller_of(request).organization)
    if found is None:
        raise NotFound(kind="cost of this prediction")
    template = "billing/_cost.html" if request.htmx else "billing/cost.html"  # type: ignore[attr-defined]
    return render(request, template, {"cost": found})


class Line:
    """What ``csv`` writes to: hands each line on."""

    def write(self, text: str) -> str:
        """Return the line."""
        return text


@require_safe
@needs("usage.read")
def download(request: HttpRequest) -> HttpResponseBase:
    """Download the usage events of a range as CSV."""
    by = caller_of(request)
    form = RangeForm(request.GET or {})
    within = form.range()
    rows = event_rows(by.organization, within, form.filter())
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"usage-{by.organization.slug}-{within.start}-{within.end}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(rows: Iterator[list[str]]) -> Iterator[str]:
    writer = csv.writer(Line())
    for row in rows:
        yield writer.writerow(row)


@require_POST
@needs("billing.manage")
def fill(request: HttpRequest) -> HttpResponse:
    """Fill the account of test keys up for today."""
    by = caller_of(request)
    given = top_up_test(by=by, organization=by.organization)
    if given is None:
        messages.info(request, "Test credit is full, or was filled up today already.")
    else:
        messages.success(request, "Test credit is filled up.")
    return redirect("/usage/?is_test=true")
