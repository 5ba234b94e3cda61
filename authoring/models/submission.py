"""A version on its way in."""

from collections.abc import Mapping

from django.db import models

from accounts.models import TenantModel
from authoring.errors import NotInThisState
from marketplace.core.models import BaseModel


class SubmissionState(models.TextChoices):
    """From upload to version."""

    UPLOADING = "uploading", "Uploading"
    CHECKING = "checking", "Checking"
    PASSED = "passed", "Passed"
    REFUSED = "refused", "Refused"
    PUBLISHED = "published", "Published"
    ABANDONED = "abandoned", "Abandoned"


IN_PROGRESS = (SubmissionState.UPLOADING, SubmissionState.CHECKING, SubmissionState.PASSED)
TRANSITIONS: Mapping[str, frozenset[str]] = {
    SubmissionState.UPLOADING: frozenset({SubmissionState.CHECKING, SubmissionState.ABANDONED}),
    SubmissionState.CHECKING: frozenset({SubmissionState.PASSED, SubmissionState.REFUSED}),
    SubmissionState.PASSED: frozenset(
        {SubmissionState.PUBLISHED, SubmissionState.CHECKING, SubmissionState.ABANDONED}
    ),
    SubmissionState.REFUSED: frozenset(
        {SubmissionState.UPLOADING, SubmissionState.CHECKING, SubmissionState.ABANDONED}
    ),
    SubmissionState.PUBLISHED: frozenset(),
    SubmissionState.ABANDONED: frozenset(),
}


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
    state_reason = models.CharField(max_length=500, blank=True)
    # Who examines it now: a worker that lost its lease finds another attempt number here.
    checking_attempt = models.PositiveSmallIntegerField(default=0)
    checking_lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "number"],
                condition=models.Q(state__in=IN_PROGRESS),
                name="one_submission_per_number",
            )
        ]
        indexes = [
            models.Index(fields=["state", "checking_lease_until"], name="submissions_to_sweep"),
            models.Index(fields=["organization", "-created_at"], name="submissions_of_author"),
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.number}"

    def get_absolute_url(self) -> str:
        return f"/desk/uploads/{self.pk}/"

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen to it."""
        return self.state in {*IN_PROGRESS, SubmissionState.REFUSED}

    def move_to(self, state: SubmissionState, *, reason: str = "") -> None:
        """Change the state (unsaved); raises ``NotInThisState``."""
        if state not in TRANSITIONS[self.state]:
            raise NotInThisState(submission=str(self), state=self.state, wanted=str(state))
        self.state = state
        self.state_reason = reason[:500]


class SubmissionFile(BaseModel):
    """A file being received in parts; ``received`` bytes of it are stored."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    received = models.PositiveBigIntegerField(default=0)
    is_complete = models.BooleanField(default=False)

    class Meta:
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["submission", "path"], name="submission_path_once"),
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="received_within_size"
            ),
        ]

    def __str__(self) -> str:
        return self.path


class UploadPart(BaseModel):
    """A stretch of a file as one stored object, until the checks are done."""

    file = models.ForeignKey(SubmissionFile, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ("offset",)
        constraints = [models.UniqueConstraint(fields=["file", "offset"], name="part_offset_once")]

    def __str__(self) -> str:
        return self.key
