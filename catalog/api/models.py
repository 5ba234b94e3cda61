"""Models: found, listed, changed."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.rest import ApiView
from catalog import selectors
from catalog.serializers import (
    CreateListingSerializer,
    LineageQuerySerializer,
    LineageSerializer,
    ListingDetailSerializer,
    SearchQuerySerializer,
    SearchResultSerializer,
    UpdateListingSerializer,
)
from catalog.services.listings import create_listing, update_listing
from catalog.types import FACETS, SearchQuery
from marketplace.core.errors import NotFound


class PublicView(ApiView):
    """Reading needs no key; a key shows its organization's own besides."""

    def get_permissions(self) -> Any:
        if self.request.method in {"GET", "HEAD", "OPTIONS"}:
            return [AllowAny()]
        return super().get_permissions()


class ModelsView(PublicView):
    """The models on offer."""

    @extend_schema(
        operation_id="models_search",
        summary="Search models",
        description="Published models, best match first. Each facet is counted under the other "
        "facets' filters.",
        parameters=[SearchQuerySerializer],
        responses=SearchResultSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = self.valid_query(SearchQuerySerializer)
        found = selectors.search(
            SearchQuery(
                text=wanted.get("q", ""),
                filters={facet: tuple(wanted.get(facet, ())) for facet in FACETS},
                sort=wanted.get("sort", ""),
                page=wanted["page"],
                page_size=wanted["limit"],
            )
        )
        following = found.page + 1 if found.page < found.page_count else None
        answer = {
            "total": found.total,
            "page": found.page,
            "page_count": found.page_count,
            "next": self._page_url(following),
            "previous": self._page_url(found.page - 1 or None),
            "sort": found.sort,
            "is_loose": found.is_loose,
            "facets": found.facets,
            "results": found.items,
        }
        return Response(SearchResultSerializer(answer).data)

    def _page_url(self, page: int | None) -> str | None:
        here = self.request.build_absolute_uri()
        return replace_query_param(here, "page", page) if page else None

    @extend_schema(
        summary="Create a model",
        description="A draft of the caller's organization, without any version yet.",
        request=CreateListingSerializer,
        responses={201: ListingDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        listing = create_listing(by=self.caller, **_renamed(self.valid(CreateListingSerializer)))
        shown = selectors.get_listing(listing.organization.slug, listing.slug, viewer=self.caller)
        return Response(ListingDetailSerializer(shown).data, status=201)


class ModelView(PublicView):
    """One model."""

    @extend_schema(summary="See a model", responses=ListingDetailSerializer)
    def get(self, request: Request, owner: str, name: str) -> Response:
        listing = selectors.get_listing(owner, name, viewer=self.optional_caller)
        return Response(ListingDetailSerializer(listing).data)

    @extend_schema(
        summary="Change a model",
        request=UpdateListingSerializer,
        responses=ListingDetailSerializer,
    )
    def patch(self, request: Request, owner: str, name: str) -> Response:
        listing = selectors.get_listing(owner, name, viewer=self.caller)
        changes = _renamed(self.valid(UpdateListingSerializer))
        update_listing(by=self.caller, listing=listing, **changes)
        shown = selectors.get_listing(owner, name, viewer=self.caller)
        return Response(ListingDetailSerializer(shown).data)


class LineageView(PublicView):
    """Where a model comes from, and what was made from it."""

    @extend_schema(
        summary="See the lineage",
        parameters=[LineageQuerySerializer],
        responses=LineageSerializer,
    )
    def get(self, request: Request, owner: str, name: str) -> Response:
        viewer = self.optional_caller
        listing = selectors.get_listing(owner, name, viewer=viewer)
        wanted = self.valid_query(LineageQuerySerializer).get("version")
        version = selectors.current_version(listing)
        if wanted:
            version = selectors.version_by_number(listing, wanted, viewer=viewer)
        if version is None:
            raise NotFound(kind="version")
        return Response(LineageSerializer(selectors.lineage_of(version, viewer=viewer)).data)


def _renamed(sent: dict[str, Any]) -> dict[str, Any]:
    if "license" in sent:
        sent["license_spdx"] = sent.pop("license")
    return sent
