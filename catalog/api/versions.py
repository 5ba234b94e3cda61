"""Versions and the channels that point at them."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import selectors
from catalog.api.models import PublicView
from catalog.models import Channel, Listing, Version
from catalog.serializers import (
    ChannelSerializer,
    ChannelsSerializer,
    PointChannelSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from catalog.services.channels import point, roll_back


class VersionsView(PublicView):
    """The versions of a model."""

    @extend_schema(summary="List versions", responses=VersionSerializer(many=True))
    def get(self, request: Request, owner: str, name: str) -> Response:
        viewer = self.optional_caller
        listing = selectors.get_listing(owner, name, viewer=viewer)
        versions = selectors.versions_of(listing, viewer=viewer).select_related("base")
        return self.page(versions, VersionSerializer)


class VersionView(PublicView):
    """One version, by its number or 12 or more characters of its digest."""

    @extend_schema(summary="See a version", responses=VersionDetailSerializer)
    def get(self, request: Request, owner: str, name: str, number: str) -> Response:
        viewer = self.optional_caller
        listing = selectors.get_listing(owner, name, viewer=viewer)
        version = selectors.version_by_number(listing, number, viewer=viewer)
        return Response(VersionDetailSerializer(version).data)


class ChannelsView(PublicView):
    """The channels of a model."""

    @extend_schema(summary="List channels", responses=ChannelsSerializer)
    def get(self, request: Request, owner: str, name: str) -> Response:
        listing = selectors.get_listing(owner, name, viewer=self.optional_caller)
        return Response(ChannelsSerializer({"results": selectors.channels_of(listing)}).data)


class ChannelView(PublicView):
    """One channel."""

    @extend_schema(
        summary="Move a channel",
        description="All of it at once: calls see the old targets or the new ones.",
        request=PointChannelSerializer,
        responses=ChannelSerializer,
    )
    def put(self, request: Request, owner: str, name: str, channel: str) -> Response:
        listing = selectors.get_listing(owner, name, viewer=self.caller)
        wanted = self.valid(PointChannelSerializer)
        targets = [
            (self._version(listing, one["version"]), one["weight"]) for one in wanted["targets"]
        ]
        moved = point(
            by=self.caller,
            listing=listing,
            channel=channel,
            targets=targets,
            reason=wanted.get("reason", ""),
        )
        return _shown(listing, moved)

    def _version(self, listing: Listing, number: str) -> Version:
        return selectors.version_by_number(listing, number, viewer=self.caller)


class RollBackView(PublicView):
    """Back to where a channel pointed before."""

    @extend_schema(
        summary="Roll a channel back",
        description="Again and again goes further back; versions that may not be served any "
        "more are passed over.",
        request=None,
        responses=ChannelSerializer,
    )
    def post(self, request: Request, owner: str, name: str, channel: str) -> Response:
        listing = selectors.get_listing(owner, name, viewer=self.caller)
        return _shown(listing, roll_back(by=self.caller, listing=listing, channel=channel))


def _shown(listing: Listing, moved: Channel) -> Response:
    channels = {view.name: view for view in selectors.channels_of(listing)}
    return Response(ChannelSerializer(channels[moved.name]).data)
