"""What the catalog's API takes and gives."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from catalog.models import ListingState, VersionState
from catalog.services.licenses import is_known
from catalog.types import FACETS, SORTS, TASKS

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
FIRST = 1
LAST_PAGE = 100_000


class ListingSerializer(serializers.Serializer[Any]):
    """A model on offer."""

    id = serializers.UUIDField()
    model = serializers.CharField(source="model_id", help_text="What calls name: `owner/name`.")
    owner = serializers.CharField(source="organization.slug")
    owner_name = serializers.CharField(source="organization.name")
    slug = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    task = serializers.ChoiceField(list(TASKS))
    tags = serializers.SerializerMethodField()
    languages = serializers.ListField(child=serializers.CharField())
    license = serializers.CharField(source="license.spdx_id")
    state = serializers.ChoiceField(ListingState.choices)
    is_callable = serializers.BooleanField(help_text="Whether a channel has a version to serve.")
    is_exportable = serializers.BooleanField()
    hardware = serializers.CharField()
    price_kinds = serializers.ListField(child=serializers.CharField())
    price_line = serializers.CharField()
    has_free_plan = serializers.BooleanField()
    latency_p50_ms = serializers.FloatField(allow_null=True, help_text="Measured by the platform.")
    prediction_count = serializers.IntegerField()
    measured_count = serializers.IntegerField(help_text="Results that the platform measured.")
    published_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_tags(self, listing: Any) -> list[str]:
        return sorted(tag.slug for tag in listing.tags.all())

    def get_url(self, listing: Any) -> str:
        return f"{settings.SITE_URL}{listing.get_absolute_url()}"


class ListingDetailSerializer(ListingSerializer):
    """A model with its texts."""

    description = serializers.CharField(help_text="Markdown.")
    intended_use = serializers.CharField()
    limitations = serializers.CharField()
    restrictions = serializers.CharField()


class SearchQuerySerializer(serializers.Serializer[Any]):
    """What to look for; a facet may be given several times and then means any of them."""

    q = serializers.CharField(
        required=False, allow_blank=True, max_length=10_240, help_text="Words, or their beginnings."
    )
    sort = serializers.ChoiceField(list(SORTS), required=False)
    page = serializers.IntegerField(min_value=FIRST, max_value=LAST_PAGE, default=FIRST)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=25)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        facets: dict[str, serializers.Field[Any, Any, Any, Any]] = {
            facet: serializers.ListField(
                child=serializers.CharField(max_length=64), required=False, max_length=50
            )
            for facet in FACETS
        }
        return {**super().get_fields(), **facets}


class FacetCountSerializer(serializers.Serializer[Any]):
    """A value of a facet, and how many models have it under the other filters."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()
    is_selected = serializers.BooleanField()


class SearchResultSerializer(serializers.Serializer[Any]):
    """A page of models, and the counts of every facet."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    page_count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    sort = serializers.ChoiceField(list(SORTS))
    is_loose = serializers.BooleanField(
        help_text="Whether no model has every word, so that those with any were found."
    )
    facets = serializers.DictField(child=FacetCountSerializer(many=True))
    results = ListingSerializer(many=True)


class _ListingTexts(serializers.Serializer[Any]):
    description = serializers.CharField(required=False, allow_blank=True, max_length=50_000)
    intended_use = serializers.CharField(required=False, allow_blank=True, max_length=5_000)
    limitations = serializers.CharField(required=False, allow_blank=True, max_length=5_000)
    restrictions = serializers.CharField(required=False, allow_blank=True, max_length=5_000)
    tags = serializers.ListField(
        child=serializers.RegexField(SLUG, max_length=40), required=False, max_length=12
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=120
    )
    is_exportable = serializers.BooleanField(required=False)

    def validate_license(self, value: str) -> str:
        if not is_known(value):
            raise serializers.ValidationError("Use an SPDX identifier, or LicenseRef-…", "choice")
        return value


class CreateListingSerializer(_ListingTexts):
    """A draft of the caller's organization."""

    name = serializers.CharField(max_length=120)
    slug = serializers.RegexField(SLUG, max_length=60)
    task = serializers.ChoiceField(list(TASKS))
    license = serializers.CharField(max_length=64, help_text="SPDX identifier, or LicenseRef-….")
    summary = serializers.CharField(max_length=240, required=False)


class UpdateListingSerializer(_ListingTexts):
    """Changes; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    task = serializers.ChoiceField(list(TASKS), required=False)
    license = serializers.CharField(max_length=64, required=False)
    summary = serializers.CharField(max_length=240, required=False)


class VersionFileSerializer(serializers.Serializer[Any]):
    """A file of a version."""

    path = serializers.CharField()
    sha256 = serializers.CharField(source="artifact_id")
    size = serializers.IntegerField(source="artifact.size")


class VersionSerializer(serializers.Serializer[Any]):
    """Immutable content under one digest."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    digest = serializers.CharField(help_text="SHA-256 of the OpenSSF model-signing manifest.")
    state = serializers.ChoiceField(VersionState.choices)
    state_reason = serializers.CharField()
    runtime = serializers.CharField()
    parameter_count = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    base = serializers.CharField(
        source="base.digest", allow_null=True, default=None, help_text="Digest of what it loads on."
    )
    notes = serializers.CharField()
    files = VersionFileSerializer(many=True)
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


class VersionDetailSerializer(VersionSerializer):
    """A version with what callers send and get, and its signature by the operator."""

    signature = serializers.DictField(help_text="JSON Schemas of `input` and `output`.")
    bundle = serializers.DictField(help_text="Sigstore bundle; verify with `model_signing`.")


class ChannelTargetSerializer(serializers.Serializer[Any]):
    """A version's share of a channel, in percent."""

    version = serializers.CharField(source="version.number")
    digest = serializers.CharField(source="version.digest")
    weight = serializers.IntegerField()


class ChannelSerializer(serializers.Serializer[Any]):
    """A moving name of versions."""

    name = serializers.CharField()
    targets = ChannelTargetSerializer(many=True)
    moved_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ChannelsSerializer(serializers.Serializer[Any]):
    """All channels of a model."""

    results = ChannelSerializer(many=True)


class NewTargetSerializer(serializers.Serializer[Any]):
    """A version by number or digest, and its share in percent."""

    version = serializers.CharField(max_length=64)
    weight = serializers.IntegerField(min_value=1, max_value=100, default=100)


class PointChannelSerializer(serializers.Serializer[Any]):
    """Where a channel shall point; the weights sum to 100."""

    targets = NewTargetSerializer(many=True, allow_empty=False)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class LineageQuerySerializer(serializers.Serializer[Any]):
    """Whose lineage: the current version's, unless another is named."""

    version = serializers.CharField(max_length=64, required=False)


class LineageNodeSerializer(serializers.Serializer[Any]):
    """A version; one that the caller may not see has no name."""

    version_id = serializers.UUIDField()
    model = serializers.CharField(source="label")
    number = serializers.CharField()
    digest = serializers.CharField()
    state = serializers.CharField()
    depth = serializers.IntegerField(help_text="Below 0: an ancestor; above: a descendant.")


class LineageEdgeSerializer(serializers.Serializer[Any]):
    """A derivation."""

    child_id = serializers.UUIDField()
    parent_id = serializers.UUIDField()
    relation = serializers.CharField()
    is_measured = serializers.BooleanField(help_text="Checked by the platform; else stated.")


class LineageSerializer(serializers.Serializer[Any]):
    """The graph around a version."""

    nodes = LineageNodeSerializer(many=True)
    edges = LineageEdgeSerializer(many=True)


class LicenseSerializer(serializers.Serializer[Any]):
    """A license and what it allows."""

    spdx_id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    allows_commercial_use = serializers.BooleanField()
    allows_derivatives = serializers.BooleanField()
    is_open_source = serializers.BooleanField()


class LicensesSerializer(serializers.Serializer[Any]):
    """Every license known here."""

    results = LicenseSerializer(many=True)


class TaskSerializer(serializers.Serializer[Any]):
    """A kind of model, and how many are on offer."""

    id = serializers.CharField()
    name = serializers.CharField()
    modality = serializers.CharField()
    model_count = serializers.IntegerField()


class TasksSerializer(serializers.Serializer[Any]):
    """Every task."""

    results = TaskSerializer(many=True)


class CollectionSerializer(serializers.Serializer[Any]):
    """A shelf that the operator arranged."""

    slug = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    models = ListingSerializer(many=True, source="listings")


class CollectionsSerializer(serializers.Serializer[Any]):
    """Every shelf that has something on it."""

    results = CollectionSerializer(many=True)


class AuthorSerializer(serializers.Serializer[Any]):
    """An author, as buyers see it."""

    slug = serializers.CharField(source="organization.slug")
    name = serializers.CharField(source="organization.name")
    description = serializers.CharField(source="organization.description")
    website = serializers.CharField(source="organization.website")
    since = serializers.DateTimeField()
    version_count = serializers.IntegerField()
    prediction_count = serializers.IntegerField()
    models = ListingSerializer(many=True, source="listings")
