"""The tenant, its members and its choices about data."""

from django.core.validators import RegexValidator
from django.db import models

from accounts.models.tenancy import TenantModel
from marketplace.core.models import BaseModel

slug_is_plain = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use lower-case letters, digits and single hyphens."
)


class Role(models.TextChoices):
    """What a member may do, from most to least."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    DEVELOPER = "developer", "Developer"
    BILLING = "billing", "Billing"
    VIEWER = "viewer", "Viewer"


class Organization(BaseModel):
    """A tenant: buys, sells, or both. A personal one is made at sign-up."""

    slug = models.CharField(max_length=60, unique=True, validators=[slug_is_plain])
    name = models.CharField(max_length=120)
    is_personal = models.BooleanField(default=False)
    is_author = models.BooleanField(default=False)
    description = models.TextField(max_length=2000, blank=True)
    website = models.URLField(blank=True)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/authors/{self.slug}/"


class Membership(TenantModel):
    """A person's role in an organization; ``chosen_at`` tells which one was chosen last."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    chosen_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization} ({self.role})"


class Invitation(TenantModel):
    """An offer to join, sent by e-mail; the token is stored hashed."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"


class DataPolicy(BaseModel):
    """How long bodies of calls are kept for an organization, and whether they may teach."""

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, related_name="data_policy"
    )
    body_retention_hours = models.PositiveIntegerField(default=24)
    allows_training = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"data policy of {self.organization}"
