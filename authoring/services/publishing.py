"""From passed checks to calls: publish, share a channel, go back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from authoring.errors import ChecksNotPassed
from authoring.models import CheckKind, CheckState, Submission, SubmissionState
from catalog.services import channels, listings, versions
from catalog.services.rights import require_author
from inference.selectors.deployments import deployment_of
from inference.services.deployments import deploy
from marketplace.core.errors import Conflict

if TYPE_CHECKING:
    from catalog.models import Channel, Listing, Version


@transaction.atomic
def publish(*, by: Caller | None, submission: Submission, channel: str = "stable") -> Submission:
    """Publish what passed every check and point a channel at it, in one transaction.

    The listing's first version brings its deployment, and the listing into the store.
    Raises ``ChecksNotPassed`` and ``PermissionMissing``.
    """
    require_author(by, submission.listing)
    rows = Submission.objects.select_for_update(of=("self",))
    submission = rows.select_related("listing__organization", "version__listing").get(
        pk=submission.pk
    )
    version = _require_passed(submission)
    listing = submission.listing
    versions.publish_version(by=by, version=version)
    channels.point(
        by=by,
        listing=listing,
        channel=channel,
        targets=[(version, 100)],
        reason=f"Published {version.number}",
    )
    if deployment_of(listing.pk) is None:
        deploy(by=by, listing=listing)
    _record_latency(submission)
    if listing.state == "draft":
        listings.publish_listing(by=by, listing=listing)
    submission.move_to(SubmissionState.PUBLISHED)
    submission.save(update_fields=["state", "state_reason", "updated_at"])
    audit.record(
        "submission.publish",
        by=by,
        target=submission,
        organization=listing.organization,
        digest=version.digest,
        channel=channel,
    )
    return submission


def discard_draft(by: Caller | None, submission: Submission) -> None:
    """Discard the version that a submission became, unless buyers may have seen it."""
    version = submission.version
    if version is not None and version.state == "ready" and version.published_at is None:
        versions.discard_version(by=by, version=version)


def _require_passed(submission: Submission) -> "Version":
    """Return the version of a submission whose every check passed."""
    passed = submission.checks.filter(state=CheckState.PASSED).count()
    version = submission.version
    if submission.state != SubmissionState.PASSED or passed != len(CheckKind) or version is None:
        raise ChecksNotPassed(submission=str(submission), state=submission.state)
    return version


def _record_latency(submission: Submission) -> None:
    evaluation = submission.checks.get(kind=CheckKind.EVALUATION)
    median = evaluation.detail.get("latency", {}).get("p50", {}).get("ms")
    if median is not None:
        listings.record_facets(listing_id=submission.listing_id, latency_p50_ms=median)


def point(
    *,
    by: Caller | None,
    listing: "Listing",
    channel: str,
    targets: "Sequence[tuple[Version, int]]",
    reason: str = "",
) -> "Channel":
    """Share a channel between published versions; one version at 100 percent, or a canary.

    Raises ``InvalidInput`` naming what is wrong with the targets.
    """
    return channels.point(by=by, listing=listing, channel=channel, targets=targets, reason=reason)


def roll_back(*, by: Caller | None, listing: "Listing", channel: str = "stable") -> "Channel":
    """Point a channel where it pointed before, while calls are running.

    Calls that have begun end on the version they began with. Raises ``Conflict`` when there
    is nothing to go back to.
    """
    return channels.roll_back(by=by, listing=listing, channel=channel)


def quarantine(*, by: Caller | None, submission: Submission, reason: str) -> "Version":
    """Refuse calls of the version that a submission became; for the operator.

    Raises ``Conflict`` when it became none, ``Forbidden``, and ``InvalidInput`` without a reason.
    """
    if submission.version is None:
        raise Conflict(reason=f"{submission} has not become a version.")
    return versions.quarantine_version(by=by, version=submission.version, reason=reason)
