"""API routes of catalog."""

from django.urls import URLPattern, URLResolver, path

from catalog.api import models, shelves, versions

MODEL = "models/<slug:owner>/<slug:name>"
CHANNEL = f"{MODEL}/channels/<slug:channel>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("models", models.ModelsView.as_view()),
    path(MODEL, models.ModelView.as_view()),
    path(f"{MODEL}/versions", versions.VersionsView.as_view()),
    path(f"{MODEL}/versions/<str:number>", versions.VersionView.as_view()),
    path(f"{MODEL}/channels", versions.ChannelsView.as_view()),
    path(CHANNEL, versions.ChannelView.as_view()),
    path(f"{CHANNEL}/rollback", versions.RollBackView.as_view()),
    path(f"{MODEL}/lineage", models.LineageView.as_view()),
    path("tasks", shelves.TasksView.as_view()),
    path("licenses", shelves.LicensesView.as_view()),
    path("collections", shelves.CollectionsView.as_view()),
    path("collections/<slug:slug>", shelves.CollectionView.as_view()),
    path("authors/<slug:slug>", shelves.AuthorView.as_view()),
]
