"""Abstract bases; the floor has no tables of its own."""

from django.db import models

from marketplace.core.clock import now
from marketplace.core.ids import uuid7


class BaseModel(models.Model):
    """A row with a time-ordered public id and its times."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
