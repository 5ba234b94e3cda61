"""Where versions are served."""

from django.db import models

from accounts.models import TenantModel
from marketplace.core.models import BaseModel


class Pool(BaseModel):
    """Workers of one hardware class that consume one set of queues."""

    name = models.CharField(max_length=40, unique=True)
    hardware = models.CharField(max_length=40, default="cpu")
    queue = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name


class DeploymentState(models.TextChoices):
    """Whether calls are accepted."""

    LIVE = "live", "Live"
    PAUSED = "paused", "Paused"


class Deployment(TenantModel):
    """A listing served on a pool with limits; ``organization`` is the author."""

    listing = models.OneToOneField("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=DeploymentState, default=DeploymentState.LIVE)
    max_concurrency = models.PositiveIntegerField(default=64)
    timeout_seconds = models.PositiveIntegerField(default=120)

    def __str__(self) -> str:
        return f"{self.listing} on {self.pool}"
