"""The terms under which a model may be used."""

from django.db import models

from marketplace.core.models import BaseModel


class License(BaseModel):
    """A license by its SPDX identifier, or ``LicenseRef-…`` for one of our own."""

    spdx_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    url = models.URLField(blank=True)
    allows_commercial_use = models.BooleanField(default=True)
    allows_derivatives = models.BooleanField(default=True)
    is_open_source = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.spdx_id
