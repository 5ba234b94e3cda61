"""Trying a model from its page: one call by a form, or streamed."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.permissions import needs
from catalog import selectors as catalog
from inference.protocols.events import event_stream
from inference.services import predictions
from inference.trying.reading import input_from
from inference.trying.results import result_view
from inference.types import Mode, PredictionRequest
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.problems import problem_response

SOURCE = "playground"


@require_POST
@needs("predictions.run")
def run(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """Run one call and show its answer: a fragment for htmx, a page for a plain form."""
    listing = catalog.get_listing(owner, name, viewer=request.caller)  # type: ignore[attr-defined]
    context = {"listing": listing}
    status = 200
    try:
        call = _request(request, owner, name, mode=Mode.SYNC)
        made = predictions.create(by=request.caller, request=call)  # type: ignore[attr-defined]
        context["result"] = result_view(made)  # type: ignore[assignment]
    except DomainError as error:
        context["refusal"] = error  # type: ignore[assignment]
        status = error.status
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "inference/_result.html", context)
    return render(request, "inference/try_result.html", context, status=status)


@require_POST
@needs("predictions.run")  # a stream is not an HttpResponse
def stream(request: HttpRequest, owner: str, name: str) -> HttpResponseBase:
    """Run one call and send its answer as it is made."""
    try:
        call = _request(request, owner, name, mode=Mode.STREAM)
        events = predictions.stream(by=request.caller, request=call)  # type: ignore[attr-defined]
    except DomainError as error:
        return problem_response(error, instance=request.path)
    answer: StreamingHttpResponse = event_stream(events)
    return answer


def _request(request: HttpRequest, owner: str, name: str, *, mode: Mode) -> PredictionRequest:
    """Return the call that the form asks for, on the version whose form it was."""
    listing = catalog.get_listing(owner, name, viewer=request.caller)  # type: ignore[attr-defined]
    version = catalog.current_version(listing)
    if version is None:
        raise NotFound(kind="version to call")
    return PredictionRequest(
        model=str(listing.model_id),
        input=input_from(request, version.signature),
        mode=mode,
        source=SOURCE,
    )
