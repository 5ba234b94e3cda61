"""A version on its way in."""

from django.db import models

from accounts.models import TenantModel
from marketplace.core.models import BaseModel


class SubmissionState(models.TextChoices):
    """From upload to version."""

    UPLOADING = "uploading", "Uploading"
    CHECKING = "checking", "Checking"
    PASSED = "passed", "Passed"
    REFUSED = "refused", "Refused"
    PUBLISHED = "published", "Published"
    ABANDONED = "abandoned", "Abandoned"


class Submission(TenantModel):
    """Files offered as a new version of a listing; becomes a version when its checks pass."""

    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=32)
    notes = models.TextField(blank=True, max_length=10_000)
    base_version = models.ForeignKey(
        "catalog.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    relation = models.CharField(max_length=12, blank=True)
    state = models.CharField(
        max_length=10, choices=SubmissionState, default=SubmissionState.UPLOADING
    )
    submitted_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.OneToOneField(
        "catalog.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    publish_when_passed = models.BooleanField(default=False)
    checking_lease_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.listing} {self.number}"


class SubmissionFile(BaseModel):
    """A file being received in parts; ``received`` bytes are in the spool."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    received = models.PositiveBigIntegerField(default=0)
    is_complete = models.BooleanField(default=False)

    class Meta:
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["submission", "path"], name="submission_path_once")
        ]

    def __str__(self) -> str:
        return self.path
