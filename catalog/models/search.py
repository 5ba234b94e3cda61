"""What search reads; kept in step by ``catalog.search.index``."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models.listing import Listing


class ListingFacet(models.Model):
    """A value by which a listing can be filtered and counted."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="facets")
    facet = models.CharField(max_length=12)
    value = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facet", "value", "listing"], name="listing_facet_once")
        ]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}"


class ListingText(models.Model):
    """The FTS5 table on SQLite; ``match`` is its hidden column that takes queries."""

    listing = models.OneToOneField(
        Listing,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="text",
    )
    match = models.TextField(db_column="catalog_listingtext")
    rank = models.FloatField()

    class Meta:
        managed = False
        db_table = "catalog_listingtext"

    def __str__(self) -> str:
        return str(self.listing_id)


class ListingDocument(models.Model):
    """The weighted tsvector on PostgreSQL."""

    listing = models.OneToOneField(
        Listing,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="document",
    )
    vector = SearchVectorField()

    class Meta:
        managed = False
        db_table = "catalog_listingdocument"

    def __str__(self) -> str:
        return str(self.listing_id)
