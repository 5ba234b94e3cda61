"""API routes of governance."""

from django.urls import path

from governance import api

VERSION = "models/<slug:owner>/<slug:name>/versions/<str:number>"

urlpatterns = [
    path(f"{VERSION}/evidence", api.VersionEvidenceView.as_view(), name="api-evidence-list"),
    path(f"{VERSION}/card", api.ModelCardView.as_view(), name="api-card"),
    path("evidence/<uuid:evidence_id>", api.EvidenceView.as_view(), name="api-evidence"),
    path(
        "evidence/<uuid:evidence_id>/reproductions",
        api.ReproductionsView.as_view(),
        name="api-reproductions",
    ),
    path("signing-key", api.SigningKeyView.as_view(), name="api-signing-key"),
]
