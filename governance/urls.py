"""Pages of governance."""

from django.urls import path, re_path

from governance import views

urlpatterns = [
    path("evidence/<uuid:evidence_id>/", views.evidence_page, name="evidence"),
    path("evidence/<uuid:evidence_id>/statement.json", views.evidence_file, name="evidence-file"),
    path("evidence/<uuid:evidence_id>/reproduce/", views.reproduce, name="evidence-reproduce"),
    re_path(
        r"^models/(?P<owner>[a-z0-9-]+)/(?P<name>[a-z0-9-]+)/card\.(?P<form>md|json)$",
        views.card,
        name="model-card",
    ),
    path("signing-key.pem", views.public_key, name="signing-key"),
]
