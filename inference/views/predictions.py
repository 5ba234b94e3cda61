"""The organization's predictions, and the trace of each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import caller_of, needs
from inference.forms import PredictionFilterForm
from inference.models import PredictionStatus
from inference.selectors.predictions import get_prediction, predictions_of
from inference.selectors.traces import trace_of
from inference.services import predictions
from inference.trying.results import result_view
from marketplace.core.pagination import newest_page
from marketplace.core.ui import Chip


@require_safe
@needs("predictions.read")
def index(request: HttpRequest) -> HttpResponse:
    """List predictions, narrowed by the address."""
    form = PredictionFilterForm(request.GET)
    rows = predictions_of(caller_of(request), form.wanted())
    page = newest_page(rows, cursor=request.GET.get("cursor", ""))
    chosen = {name: value for name in form.fields if (value := form.cleaned_data.get(name))}
    context = {
        "form": form,
        "rows": page.items,
        "chips": [Chip(str(value), _without(chosen, name)) for name, value in chosen.items()],
        "previous_url": page.link(page.previous_cursor, **chosen),
        "next_url": page.link(page.next_cursor, **chosen),
    }
    return render(request, "inference/predictions.html", context)


def _without(chosen: dict[str, str], name: str) -> str:
    return f"?{urlencode({key: value for key, value in chosen.items() if key != name})}"


@require_safe
@needs("predictions.read")
def row(request: HttpRequest, prediction_id: UUID) -> HttpResponse:
    """Show one line of the list again, while it changes."""
    found = get_prediction(caller_of(request), prediction_id)
    return render(request, "inference/_prediction_row.html", {"row": found})


@require_safe
@needs("predictions.read")
def trace(request: HttpRequest, prediction_id: UUID) -> HttpResponse:
    """Show the way of one prediction: a page, or the part of it that changes."""
    caller = caller_of(request)
    found = get_prediction(caller, prediction_id)
    context = {
        "trace": trace_of(found, viewer=caller),
        "result": result_view(found) if found.status == PredictionStatus.SUCCEEDED else None,
    }
    template = "_trace.html" if request.htmx else "trace.html"  # type: ignore[attr-defined]
    return render(request, f"inference/{template}", context)


@require_POST
@needs("predictions.run")
def cancel(request: HttpRequest, prediction_id: UUID) -> HttpResponse:
    """Stop a prediction and show its trace."""
    caller = caller_of(request)
    found = get_prediction(caller, prediction_id)
    stopped = predictions.cancel(by=caller, prediction=found)
    said = "The prediction is canceled." if stopped.is_final else "The prediction is being stopped."
    messages.success(request, said)
    return redirect(stopped)
