"""Bytes by their digest."""

from typing import ClassVar

from django.db import models

from catalog.models.immutable import ImmutableManager, ImmutableModel
from marketplace.core.models import BaseModel


class Artifact(ImmutableModel):
    """A blob in the artifact store; two versions with the same file share one."""

    CONTENT: ClassVar[tuple[str, ...]] = ("size",)

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImmutableManager()

    def __str__(self) -> str:
        return self.sha256


class VersionFile(ImmutableModel, BaseModel):
    """A file of a version."""

    CONTENT: ClassVar[tuple[str, ...]] = ("version_id", "path", "artifact_id")

    version = models.ForeignKey("catalog.Version", on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    artifact = models.ForeignKey("catalog.Artifact", on_delete=models.PROTECT, related_name="+")

    objects = ImmutableManager()

    class Meta:
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="version_path_once")
        ]

    def __str__(self) -> str:
        return self.path
