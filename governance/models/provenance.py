"""Where a version really comes from."""

from django.db import models

from marketplace.core.models import BaseModel


class Provenance(BaseModel):
    """Upstream author, source, training data and restrictions, each marked by who says so."""

    version = models.OneToOneField("catalog.Version", on_delete=models.PROTECT, related_name="+")
    upstream_author = models.CharField(max_length=200, blank=True)
    upstream_name = models.CharField(max_length=200, blank=True)
    upstream_license = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=300, blank=True)
    source_digest = models.CharField(max_length=80, blank=True)
    training_data = models.TextField(blank=True)
    restrictions = models.TextField(blank=True)
    training_record = models.JSONField(default=dict, blank=True)
    measured_fields = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "provenance"

    def __str__(self) -> str:
        return f"provenance of {self.version}"
