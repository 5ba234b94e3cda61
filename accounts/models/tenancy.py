"""Rows that belong to an organization, and the one way to query them."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from marketplace.core.models import BaseModel

if TYPE_CHECKING:
    from accounts.models.organization import Organization


class TenantQuerySet(models.QuerySet[Any]):
    """A queryset whose everyday entrance is ``of(organization)``."""

    def of(self, organization: "Organization") -> Self:
        """Return the rows of one organization."""
        return self.filter(organization=organization)


TenantManager = models.Manager.from_queryset(TenantQuerySet)


class TenantModel(BaseModel):
    """A row owned by an organization; read it through ``objects.of(organization)``."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )

    objects = TenantManager()

    class Meta:
        abstract = True
