"""What the pages of the author desk show, prepared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.types import Caller
from authoring import selectors
from authoring.models import Check, CheckState, Submission, SubmissionFile, SubmissionState
from billing.selectors.plans import is_for_sale, plans_for
from billing.selectors.sales import USUAL_DAYS, Sales, sales_of
from catalog import selectors as catalog
from inference.snippets import snippets
from marketplace.core.money import Money
from marketplace.core.ui import Crumb, Snippet, Step, readable_bytes, readable_ms

if TYPE_CHECKING:
    from catalog.models import Listing, Version

MOST_SHOWN = 10
SELLABLE = (SubmissionState.PASSED, SubmissionState.PUBLISHED)
DESK = Crumb("Author desk", "/desk/")
CONVERSION = """from safetensors.torch import save_file

save_file(model.state_dict(), "model.safetensors")"""


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A listing on the desk."""

    listing: "Listing"
    version: str
    latency_ms: float | None
    calls: int
    sold: Money
    url: str
    needs_plan: bool


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """An upload in a list."""

    submission: Submission
    words: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The overview."""

    rows: Sequence[ListingRow]
    uploads: Sequence[SubmissionRow]
    live: int
    calls: int
    sold: Money
    can_write: bool
    days: int = USUAL_DAYS


def desk_page(caller: Caller) -> DeskPage:
    """Return the overview of the caller's organization; its uploads to those who write."""
    currency = settings.STOA_CURRENCY
    listings = list(catalog.listings_of_author(caller.organization))
    sales = sales_of(caller.organization, currency=currency)
    can_write = caller.can("listings.write")
    return DeskPage(
        rows=_listing_rows(listings, sales, currency),
        uploads=upload_rows(_in_progress(caller)) if can_write else (),
        live=sum(one.is_live for one in listings),
        calls=sum(one.calls for one in sales.values()),
        sold=Money(sum(one.cost_nano for one in sales.values()), currency),
        can_write=can_write,
    )


def _in_progress(caller: Caller) -> Iterable[Submission]:
    finished = (SubmissionState.PUBLISHED, SubmissionState.ABANDONED)
    return selectors.submissions_of(caller).exclude(state__in=finished)[:MOST_SHOWN]


def _listing_rows(
    listings: Sequence["Listing"], sales: Mapping[UUID, Sales], currency: str
) -> list[ListingRow]:
    current = catalog.current_versions(listings)
    rows = []
    for listing in listings:
        version, sold = current.get(listing.pk), sales.get(listing.pk, Sales())
        rows.append(
            ListingRow(
                listing=listing,
                version=version.number if version else "",
                latency_ms=listing.latency_p50_ms,
                calls=sold.calls,
                sold=Money(sold.cost_nano, currency),
                url=reverse("desk-versions", args=[listing.slug]),
                needs_plan=listing.is_live and not listing.price_line,
            )
        )
    return rows


def upload_rows(submissions: Iterable[Submission]) -> list[SubmissionRow]:
    """Return uploads, each with what is happening to it in words."""
    return [SubmissionRow(one, in_words(one)) for one in submissions]


def in_words(submission: Submission) -> str:
    """Say in one line how far an upload is."""
    if submission.state == SubmissionState.UPLOADING:
        files = list(submission.files.all())
        received, size = sum(one.received for one in files), sum(one.size for one in files)
        if received == size:
            return f"All {readable_bytes(size)} are here; the checks can begin"
        return f"{readable_bytes(received)} of {readable_bytes(size)} are here"
    if submission.state == SubmissionState.CHECKING:
        return step_in_words(list(submission.checks.all()))
    if submission.state == SubmissionState.PASSED:
        return submission.state_reason or "Every check passed; it can be published"
    if submission.state == SubmissionState.PUBLISHED and submission.version:
        return f"Version {submission.version.short_digest}"
    return submission.state_reason


def step_in_words(checks: Sequence[Check]) -> str:
    """Say which step is running."""
    running = next((one for one in checks if one.state == CheckState.RUNNING), None)
    if running is None:
        done = sum(one.finished_at is not None for one in checks)
        return f"{done} of {len(checks)} checks are done" if done else "Waiting for a worker"
    return f"Step {running.position} of {len(checks)}: {running.get_kind_display()}"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an upload and how much of it is here."""

    file: SubmissionFile
    text: str


@dataclass(frozen=True, slots=True)
class UploadPage:
    """One upload with its files and steps."""

    submission: Submission
    crumbs: Sequence[Crumb]
    files: Sequence[FileRow]
    steps: Sequence[Step]
    would_have_run: Sequence[str]
    words: str
    seen: str
    has_changed_step: bool = True
    needs_plan: bool = False

    @property
    def is_moving(self) -> bool:
        """Whether the page asks again by itself."""
        return self.submission.state == SubmissionState.CHECKING

    @property
    def is_uploading(self) -> bool:
        """Whether files are still wanted."""
        return self.submission.state == SubmissionState.UPLOADING

    @property
    def missing(self) -> str:
        """The names of the files that are not whole, in one line; empty when all are here."""
        return ", ".join(row.file.path for row in self.files if not row.file.is_complete)

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here and the checks may begin."""
        return self.is_uploading and not self.missing

    @property
    def is_published(self) -> bool:
        """Whether buyers can reach it."""
        return self.submission.state == SubmissionState.PUBLISHED

    @property
    def has_draft(self) -> bool:
        """Whether it became a signed version that was never published and may be discarded."""
        version = self.submission.version
        return version is not None and version.state == "ready"

    @property
    def can_publish(self) -> bool:
        """Whether every check passed."""
        return self.submission.state == SubmissionState.PASSED

    @property
    def can_try_again(self) -> bool:
        """Whether the same files may be examined once more."""
        return self.submission.state == SubmissionState.REFUSED

    @property
    def can_abandon(self) -> bool:
        """Whether it may be given up now."""
        return self.submission.is_open and not self.is_moving


def upload_page(submission: Submission, *, seen: str = "") -> UploadPage:
    """Return the page of an upload; ``seen`` is what the reader has on the screen already."""
    checks = list(submission.checks.all())
    listing = submission.listing
    crumbs = (
        DESK,
        Crumb(listing.name, reverse("desk-versions", args=[listing.slug])),
        Crumb(f"Upload {submission.number}"),
    )
    words = in_words(submission)
    stamps = [check.updated_at.timestamp() for check in checks]
    step = f"{submission.state}-{sum(check.finished_at is not None for check in checks)}"
    return UploadPage(
        submission=submission,
        crumbs=crumbs,
        files=[FileRow(file, _received(file)) for file in submission.files.all()],
        steps=[step_of(check) for check in checks],
        would_have_run=_would_have_run(checks),
        words=words,
        seen=f"{step}-{max(stamps, default=0):.6f}",
        has_changed_step=not seen.startswith(f"{step}-"),
        needs_plan=submission.state in SELLABLE and not is_for_sale(listing),
    )


def step_of(check: Check) -> Step:
    """Return one step as the component shows it."""
    duration = ""
    if check.started_at and check.finished_at:
        elapsed = check.finished_at - check.started_at
        duration = readable_ms(elapsed.total_seconds() * 1000)
    return Step(check.get_kind_display(), check.state, check.summary, duration)


def _would_have_run(checks: Iterable[Check]) -> list[str]:
    files = [file for check in checks for file in check.detail.get("files", [])]
    lines = [file for file in files if isinstance(file, dict) and file.get("would_have_run")]
    return [f"{file['path']}: {', '.join(file['would_have_run'])}" for file in lines]


def _received(file: SubmissionFile) -> str:
    if file.is_complete:
        return f"{readable_bytes(file.size)}, all here"
    return f"{readable_bytes(file.received)} of {readable_bytes(file.size)}"


def needs_plan(listing: "Listing") -> bool:
    """Tell whether a listing is in the store and nobody can buy it."""
    return listing.is_live and not is_for_sale(listing)


def call_of(listing: "Listing", caller: Caller) -> list[Snippet]:
    """Return a call of what buyers get now, with its own example.

    Nothing while it would be refused: before there is a version, and a plan to pay as one goes.
    """
    version = catalog.current_version(listing)
    can_call = any(plan.is_default for plan in plans_for(listing, caller))
    if version is None or not listing.is_live or not can_call:
        return []
    return snippets(settings.SITE_URL, listing.model_id, version.signature.get("example", {}))


def version_rows(versions: Iterable["Version"]) -> list[tuple["Version", str]]:
    """Return versions with their size in words."""
    return [(version, readable_bytes(version.size_bytes)) for version in versions]
