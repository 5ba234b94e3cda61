"""What surrounds models: tasks, licenses, collections, authors."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import selectors
from catalog.api.models import PublicView
from catalog.serializers import (
    AuthorSerializer,
    CollectionSerializer,
    CollectionsSerializer,
    LicensesSerializer,
    TasksSerializer,
)
from catalog.types import TASKS


class TasksView(PublicView):
    """The tasks that models are listed under."""

    @extend_schema(summary="List tasks", responses=TasksSerializer)
    def get(self, request: Request) -> Response:
        counts = selectors.task_counts()
        rows = [{**asdict(task), "model_count": counts.get(task.id, 0)} for task in TASKS.values()]
        return Response(TasksSerializer({"results": rows}).data)


class LicensesView(PublicView):
    """The licenses known here."""

    @extend_schema(summary="List licenses", responses=LicensesSerializer)
    def get(self, request: Request) -> Response:
        return Response(LicensesSerializer({"results": selectors.licenses()}).data)


class CollectionsView(PublicView):
    """The shelves of the store."""

    @extend_schema(
        operation_id="collections_list",
        summary="List collections",
        responses=CollectionsSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(CollectionsSerializer({"results": selectors.collections()}).data)


class CollectionView(PublicView):
    """One shelf."""

    @extend_schema(summary="See a collection", responses=CollectionSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(CollectionSerializer(selectors.collection(slug)).data)


class AuthorView(PublicView):
    """An author that sells models."""

    @extend_schema(summary="See an author", responses=AuthorSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(AuthorSerializer(selectors.author_page(slug)).data)
