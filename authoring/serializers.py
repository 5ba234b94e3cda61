"""What the API of uploads takes and gives."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from authoring.models import CheckKind, CheckState, SubmissionState
from authoring.types import MOST_FILES, RELATIONS, FileSpec

LARGEST_SIZE = 2**63 - 1
SHA256 = r"^[0-9a-f]{64}$"


class FileSpecSerializer(serializers.Serializer[Any]):
    """A file about to be sent."""

    path = serializers.CharField(
        max_length=200, trim_whitespace=False, help_text="`model.safetensors`, `config.json`, …"
    )
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_SIZE, help_text="In bytes.")
    sha256 = serializers.RegexField(SHA256, max_length=64, help_text="In hexadecimal.")


class FilesSerializer(serializers.Serializer[Any]):
    """The whole set of files of a version."""

    files = serializers.ListField(child=FileSpecSerializer(), min_length=1, max_length=MOST_FILES)

    def validate_files(self, value: list[dict[str, Any]]) -> list[FileSpec]:
        return [FileSpec(**one) for one in value]


class OpenSubmissionSerializer(FilesSerializer):
    """A new version about to be uploaded."""

    number = serializers.CharField(max_length=32, help_text="Such as `1.0.0`.")
    notes = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    base = serializers.CharField(
        required=False,
        max_length=200,
        help_text="The version this one was made from: `owner/name:1.0.0`.",
    )
    relation = serializers.ChoiceField(list(RELATIONS), required=False)
    publish_when_passed = serializers.BooleanField(
        required=False, help_text="Publish without asking once every check has passed."
    )


class UploadFileSerializer(serializers.Serializer[Any]):
    """A file and how much of it is here; the next part begins at `received`."""

    path = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    received = serializers.IntegerField()
    is_complete = serializers.BooleanField()


class CheckSerializer(serializers.Serializer[Any]):
    """One step of the examination."""

    kind = serializers.ChoiceField(CheckKind.choices)
    state = serializers.ChoiceField(CheckState.choices)
    summary = serializers.CharField(help_text="What was found, or what would be right.")
    code = serializers.SerializerMethodField(
        help_text="Names the refusal for programs, such as `format.torch`; empty unless it failed."
    )
    detail = serializers.JSONField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_code(self, check: Any) -> str:
        return str(check.detail.get("code", ""))


class SubmissionVersionSerializer(serializers.Serializer[Any]):
    """The version that an upload became, or was made from."""

    model = serializers.CharField(source="listing.model_id")
    number = serializers.CharField()
    digest = serializers.CharField()


class SubmissionSerializer(serializers.Serializer[Any]):
    """A version on its way in."""

    id = serializers.UUIDField()
    model = serializers.CharField(source="listing.model_id")
    number = serializers.CharField()
    notes = serializers.CharField()
    state = serializers.ChoiceField(SubmissionState.choices)
    state_reason = serializers.CharField(help_text="Why it was refused, or not published.")
    base = SubmissionVersionSerializer(source="base_version", allow_null=True)
    relation = serializers.CharField()
    publish_when_passed = serializers.BooleanField()
    version = SubmissionVersionSerializer(allow_null=True)
    files = UploadFileSerializer(many=True)
    checks = CheckSerializer(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, submission: Any) -> str:
        return f"{settings.SITE_URL}{submission.get_absolute_url()}"
