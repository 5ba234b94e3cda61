"""API routes of authoring."""

from django.urls import URLPattern, URLResolver, path

from authoring import api

SUBMISSION = "submissions/<uuid:submission_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("models/<slug:owner>/<slug:name>/submissions", api.SubmissionsView.as_view()),
    path(SUBMISSION, api.SubmissionView.as_view()),
    path(f"{SUBMISSION}/files/<str:path>", api.SubmissionFileView.as_view()),
    path(f"{SUBMISSION}/complete", api.CompleteSubmissionView.as_view()),
    path(f"{SUBMISSION}/reopen", api.ReopenSubmissionView.as_view()),
    path(f"{SUBMISSION}/check-again", api.CheckAgainView.as_view()),
    path(f"{SUBMISSION}/publish", api.PublishSubmissionView.as_view()),
]
