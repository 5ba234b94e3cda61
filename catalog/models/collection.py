"""Shelves that an operator arranges."""

from django.db import models

from accounts.models.organization import slug_is_plain
from marketplace.core.models import BaseModel


class Collection(BaseModel):
    """A named, ordered set of listings."""

    slug = models.CharField(max_length=60, unique=True, validators=[slug_is_plain])
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=240, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/collections/{self.slug}/"


class CollectionItem(BaseModel):
    """A listing's place on a shelf."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    listing = models.ForeignKey("catalog.Listing", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["collection", "listing"], name="listing_once_per_shelf")
        ]

    def __str__(self) -> str:
        return f"{self.listing} in {self.collection}"
