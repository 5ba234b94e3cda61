"""The immutable content of a listing."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from accounts.models import TenantModel
from catalog.models.immutable import ImmutableManager, ImmutableModel
from catalog.models.state import StatefulModel


class VersionState(models.TextChoices):
    """Whether a version may be called."""

    READY = "ready", "Ready"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"
    QUARANTINED = "quarantined", "Quarantined"
    DISCARDED = "discarded", "Discarded"


# A draft that its author discarded gives its number and its bytes free again.
KEPT = ~models.Q(state=VersionState.DISCARDED)


class Version(ImmutableModel, StatefulModel, TenantModel):
    """Weights, config, tokenizer and signature under one digest.

    ``digest`` is the SHA-256 of the version's OpenSSF model-signing manifest (the subject
    digest of its statement, ossf/model-signing-spec v1.0), in hexadecimal.
    ``base`` is the version that must be loaded beneath this one (an adapter's); what a
    version was made from in other ways is lineage only.
    """

    CONTENT: ClassVar[tuple[str, ...]] = (
        "organization_id",
        "listing_id",
        "number",
        "digest",
        "runtime",
        "signature",
        "parameter_count",
        "size_bytes",
        "bundle",
        "notes",
        "base_id",
    )
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        VersionState.READY: frozenset(
            {
                VersionState.PUBLISHED,
                VersionState.RETIRED,
                VersionState.QUARANTINED,
                VersionState.DISCARDED,
            }
        ),
        VersionState.PUBLISHED: frozenset({VersionState.RETIRED, VersionState.QUARANTINED}),
        VersionState.RETIRED: frozenset({VersionState.PUBLISHED, VersionState.QUARANTINED}),
        VersionState.QUARANTINED: frozenset(
            {VersionState.READY, VersionState.PUBLISHED, VersionState.RETIRED}
        ),
        VersionState.DISCARDED: frozenset(),
    }

    listing = models.ForeignKey(
        "catalog.Listing", on_delete=models.PROTECT, related_name="versions"
    )
    number = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    runtime = models.CharField(max_length=40)
    signature = models.JSONField(default=dict)
    parameter_count = models.PositiveBigIntegerField(default=0)
    size_bytes = models.PositiveBigIntegerField(default=0)
    # The operator's Sigstore bundle over the manifest (OpenSSF model signing v1.0).
    bundle = models.JSONField(default=dict)
    notes = models.TextField(blank=True, max_length=10_000)
    base = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.READY)
    published_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ImmutableManager] = ImmutableManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "number"], condition=KEPT, name="version_number_once"
            ),
            models.UniqueConstraint(
                fields=["listing", "digest"], condition=KEPT, name="version_digest_once"
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="version_by_digest")]

    def __str__(self) -> str:
        return f"{self.listing} {self.number}"

    @property
    def short_digest(self) -> str:
        """Return the first twelve characters of the digest, for people."""
        return self.digest[:12]
