"""What the API of accounts takes and gives."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiKey
from accounts.services.organizations import LONGEST_RETENTION_HOURS
from accounts.types import KEY_SCOPES, ROLES, Caller
from marketplace.core.clock import now
from marketplace.core.fields import MoneySerializer
from marketplace.core.money import Money

KEY_STATES = ("active", "expired", "revoked")
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class OrganizationSerializer(serializers.Serializer[Any]):
    """An organization."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    website = serializers.CharField()
    is_personal = serializers.BooleanField()
    is_author = serializers.BooleanField(help_text="Whether it lists models.")
    created_at = serializers.DateTimeField()


class MembershipSerializer(serializers.Serializer[Any]):
    """An organization that the caller belongs to, and as what."""

    organization = OrganizationSerializer()
    role = serializers.ChoiceField(ROLES)


class AccountSerializer(serializers.Serializer[Any]):
    """Who is calling, and what this caller may do."""

    organization = OrganizationSerializer()
    user = serializers.CharField(
        source="user.email", allow_null=True, default=None, help_text="E-mail; null for a key."
    )
    api_key = serializers.UUIDField(source="api_key.pk", allow_null=True, default=None)
    is_test = serializers.BooleanField(help_text="Whether calls are paid with test money.")
    permissions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(KEY_SCOPES)))
    def get_permissions(self, caller: Caller) -> list[str]:
        return sorted(caller.permissions)


class CreateOrganizationSerializer(serializers.Serializer[Any]):
    """A new organization, owned by the caller."""

    name = serializers.CharField(max_length=120)
    slug = serializers.RegexField(SLUG, max_length=60, required=False)
    is_author = serializers.BooleanField(default=False)


class UpdateOrganizationSerializer(serializers.Serializer[Any]):
    """Changes; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    website = serializers.URLField(max_length=200, required=False, allow_blank=True)
    is_author = serializers.BooleanField(required=False)


class DataPolicySerializer(serializers.Serializer[Any]):
    """How long bodies of calls are kept, and whether they may teach models."""

    body_retention_hours = serializers.IntegerField(min_value=0, max_value=LONGEST_RETENTION_HOURS)
    allows_training = serializers.BooleanField()


class MemberSerializer(serializers.Serializer[Any]):
    """A person in the organization."""

    id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(ROLES)
    joined_at = serializers.DateTimeField(source="created_at")


class ChangeRoleSerializer(serializers.Serializer[Any]):
    """Another role for a member."""

    role = serializers.ChoiceField(ROLES)


class RemoveMemberSerializer(serializers.Serializer[Any]):
    """How a member goes."""

    revoke_keys = serializers.BooleanField(
        default=True, help_text="Whether the keys that this person made stop working."
    )


class InvitationSerializer(serializers.Serializer[Any]):
    """An invitation that was neither accepted nor withdrawn."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(ROLES)
    invited_by = serializers.EmailField(source="invited_by.email")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InviteSerializer(serializers.Serializer[Any]):
    """Whom to invite, and as what."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(ROLES, default="developer")


class AcceptInvitationSerializer(serializers.Serializer[Any]):
    """The last part of an invitation's link."""

    token = serializers.CharField(max_length=100)


class ApiKeySerializer(serializers.Serializer[Any]):
    """A key, without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    is_test = serializers.BooleanField()
    scopes = serializers.ListField(child=serializers.ChoiceField(KEY_SCOPES))
    state = serializers.SerializerMethodField()
    created_by = serializers.EmailField(source="created_by.email", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    spending_cap = serializers.SerializerMethodField()
    allowed_networks = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(serializers.ChoiceField(KEY_STATES))
    def get_state(self, key: ApiKey) -> str:
        return key.state(now())

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_spending_cap(self, key: ApiKey) -> dict[str, Any] | None:
        if key.spending_cap_nano is None:
            return None
        return dict(MoneySerializer(Money(key.spending_cap_nano, settings.STOA_CURRENCY)).data)


class NewApiKeySerializer(ApiKeySerializer):
    """A key with its secret, which is shown this once."""

    token = serializers.CharField()


class CreateApiKeySerializer(serializers.Serializer[Any]):
    """What a new key may do, and how far."""

    name = serializers.CharField(max_length=80)
    is_test = serializers.BooleanField(default=False)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(KEY_SCOPES), required=False, max_length=len(KEY_SCOPES)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    spending_cap = serializers.DecimalField(
        max_digits=9,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="In major units of the marketplace's currency.",
    )
    allowed_networks = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=50
    )


class AuditEventSerializer(serializers.Serializer[Any]):
    """Something that happened."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    action = serializers.CharField()
    actor_kind = serializers.CharField()
    actor_id = serializers.CharField()
    actor_label = serializers.CharField()
    target_kind = serializers.CharField()
    target_id = serializers.CharField()
    target_label = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]
    request_id = serializers.CharField()
    network = serializers.CharField()


class AuditQuerySerializer(serializers.Serializer[Any]):
    """Which events."""

    action = serializers.CharField(
        max_length=60, required=False, help_text="An action, or the beginning of one: `member.`"
    )
