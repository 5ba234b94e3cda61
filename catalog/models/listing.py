"""The product page of a model."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from accounts.models import TenantModel
from accounts.models.organization import slug_is_plain
from catalog.models.state import StatefulModel
from catalog.types import TASKS
from marketplace.core.models import BaseModel


class Tag(BaseModel):
    """A word that groups listings."""

    slug = models.CharField(max_length=40, unique=True, validators=[slug_is_plain])

    def __str__(self) -> str:
        return self.slug


class ListingState(models.TextChoices):
    """Who can see a listing."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"
    QUARANTINED = "quarantined", "Quarantined"


class Listing(StatefulModel, TenantModel):
    """A model on offer; ``organization`` is its author.

    The columns under "facets" repeat what billing and inference know, written by them
    through ``catalog.services.listings.record_facets``, so that search needs one table.
    """

    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        ListingState.DRAFT: frozenset({ListingState.PUBLISHED, ListingState.QUARANTINED}),
        ListingState.PUBLISHED: frozenset({ListingState.RETIRED, ListingState.QUARANTINED}),
        ListingState.RETIRED: frozenset({ListingState.PUBLISHED, ListingState.QUARANTINED}),
        ListingState.QUARANTINED: frozenset({ListingState.PUBLISHED, ListingState.DRAFT}),
    }

    slug = models.CharField(max_length=60, validators=[slug_is_plain])
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=240)
    description = models.TextField(blank=True, max_length=50_000)
    task = models.CharField(
        max_length=40, choices=[(task.id, task.name) for task in TASKS.values()]
    )
    license = models.ForeignKey("catalog.License", on_delete=models.PROTECT, related_name="+")
    tags = models.ManyToManyField(Tag, related_name="listings", blank=True)
    languages = models.JSONField(default=list, blank=True)
    intended_use = models.TextField(blank=True, max_length=5_000)
    limitations = models.TextField(blank=True, max_length=5_000)
    restrictions = models.TextField(blank=True, max_length=5_000)
    is_exportable = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=ListingState, default=ListingState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    is_featured = models.BooleanField(default=False)
    # Facets.
    hardware = models.CharField(max_length=20, default="cpu")
    price_kinds = models.JSONField(default=list, blank=True)
    price_line = models.CharField(max_length=80, blank=True)
    has_free_plan = models.BooleanField(default=False)
    latency_p50_ms = models.FloatField(null=True, blank=True)
    prediction_count = models.PositiveBigIntegerField(default=0)
    measured_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="listing_slug_per_author")
        ]
        indexes = [models.Index(fields=["state", "-published_at"], name="listing_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Whether buyers can see and call it."""
        return self.state == ListingState.PUBLISHED

    @property
    def model_id(self) -> str:
        """Return the name that API calls use: ``owner/name``."""
        return f"{self.organization.slug}/{self.slug}"

    def get_absolute_url(self) -> str:
        return f"/models/{self.organization.slug}/{self.slug}/"
