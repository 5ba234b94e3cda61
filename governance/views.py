"""Pages of evidence."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import needs
from catalog import selectors as catalog
from governance import selectors
from governance.presenters import attribute_views, result_view
from governance.services import evaluations
from marketplace.core.errors import NotFound
from marketplace.core.signing import operator_public_key, public_pem


@require_GET
def evidence_page(request: HttpRequest, evidence_id: str) -> HttpResponse:
    """Show one signed result with its reproductions."""
    evidence = selectors.get_evidence(evidence_id, viewer=request.caller or None)  # type: ignore[attr-defined]
    again = evidence.reproductions.order_by("created_at")
    page = {
        "evidence": evidence,
        "listing": evidence.version.listing,
        "result": result_view(evidence),
        "fairness": attribute_views(evidence) if evidence.kind == "fairness" else (),
        "runs": [(one, evaluations.agrees(evidence, one)) for one in again],
    }
    return render(request, "governance/evidence_page.html", page)


@require_GET
def evidence_file(request: HttpRequest, evidence_id: str) -> HttpResponse:
    """Give the DSSE envelope of a result as a file."""
    evidence = selectors.get_evidence(evidence_id, viewer=request.caller or None)  # type: ignore[attr-defined]
    answer = JsonResponse(evidence.envelope, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{evidence.suite}.dsse.json"'
    return answer


@require_POST
@needs("predictions.run")
def reproduce(request: HttpRequest, evidence_id: str) -> HttpResponse:
    """Queue a second run of a result."""
    evidence = selectors.get_evidence(evidence_id, viewer=request.caller)  # type: ignore[attr-defined]
    evaluations.request_reproduction(by=request.caller, evidence=evidence)  # type: ignore[attr-defined]
    messages.success(request, "A worker is running this suite again; its result will stand below.")
    return redirect(f"/evidence/{evidence.pk}/")


@require_GET
def card(request: HttpRequest, owner: str, name: str, form: str) -> HttpResponse:
    """Give the model card of a listing's stable version as Markdown or JSON."""
    listing = catalog.get_listing(owner, name, viewer=request.caller or None)  # type: ignore[attr-defined]
    version = catalog.current_version(listing)
    if version is None:
        raise NotFound(kind="published version")
    made = selectors.model_card(listing, version)
    if form == "json":
        return JsonResponse(made.as_dict(), json_dumps_params={"indent": 2})
    return HttpResponse(made.as_markdown(), content_type="text/markdown; charset=utf-8")


@require_GET
def public_key(request: HttpRequest) -> HttpResponse:
    """Give the key that verifies what this operator signed."""
    return HttpResponse(public_pem(operator_public_key()), content_type="application/x-pem-file")
