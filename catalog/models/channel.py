"""Moving names of a listing."""

from django.db import models

from accounts.models.organization import slug_is_plain
from marketplace.core.models import BaseModel


class Channel(BaseModel):
    """A name such as ``stable`` that points at versions with weights."""

    listing = models.ForeignKey(
        "catalog.Listing", on_delete=models.CASCADE, related_name="channels"
    )
    name = models.CharField(max_length=40, validators=[slug_is_plain])

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["listing", "name"], name="channel_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class ChannelTarget(BaseModel):
    """A version's share of a channel's calls, in percent."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="targets")
    version = models.ForeignKey("catalog.Version", on_delete=models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ("-weight",)
        constraints = [
            models.UniqueConstraint(fields=["channel", "version"], name="target_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=100), name="weight_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weight} % of {self.channel}"


class ChannelMove(BaseModel):
    """The history of a channel; ``restores`` is the earlier row that a rollback went back to."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="moves")
    targets = models.JSONField()
    restores = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    moved_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.channel} at {self.created_at:%Y-%m-%d %H:%M}"
