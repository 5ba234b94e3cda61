"""Refusals of authoring."""

from typing import Any

from marketplace.core.errors import Conflict, DomainError


class NotInThisState(DomainError):
    """A submission cannot go from the state it is in to the one asked for."""

    code = "authoring.not_in_this_state"
    status = 409
    title = "Not possible in the present state"
    message = "{submission} is {state}; it cannot become {wanted}."


class UploadClosed(DomainError):
    """Bytes arrive for a submission that takes none any more."""

    code = "authoring.upload_closed"
    status = 409
    title = "The upload is closed"
    message = "{submission} is {state}; files are taken only while it is uploading."


class WrongOffset(Conflict):
    """A part does not begin where the file ends; ``received`` is the right offset."""

    code = "authoring.wrong_offset"
    title = "The part begins elsewhere"
    message = (
        "{path} has {received} bytes so far; send the part that begins there, not at {offset}."
    )


class BadPart(DomainError):
    """A part is empty, too small, longer than announced, or runs past the end of its file."""

    code = "authoring.bad_part"
    status = 422
    title = "The part cannot be taken"
    message = "{reason}"


class PartTooLarge(DomainError):
    """A part is larger than one request may carry."""

    code = "authoring.part_too_large"
    status = 413
    title = "The part is too large"
    message = "A part has at most {largest} bytes; send the rest in further parts."


class QuotaExceeded(DomainError):
    """The uploads in progress of an organization would pass its quota."""

    code = "authoring.quota_exceeded"
    status = 413
    title = "Too much is being uploaded"
    message = (
        "Uploads in progress may have {allowed} bytes together; there are {used}, and these "
        "files have {wanted}. Publish or abandon what is finished."
    )


class FilesMissing(Conflict):
    """A submission is completed before all its bytes are here."""

    code = "authoring.files_missing"
    title = "Not all bytes are here"
    message = "These files are not whole yet: {files}."


class NumberTaken(Conflict):
    """Another version or upload of the listing has this number."""

    code = "authoring.number_taken"
    title = "The number is taken"
    message = "{model} has version {number} already, published or on its way; choose another."


class ChecksNotPassed(Conflict):
    """A submission is published before all its checks have passed."""

    code = "authoring.checks_not_passed"
    title = "The checks have not passed"
    message = "{submission} is {state}; only what passed every check is published."


class CheckFailed(Exception):
    """A step found something wrong; the message says what, and what would be right.

    ``code`` names it for programs; without one it is that of the step, ``load.refused``.
    """

    def __init__(self, summary: str, *, code: str = "", **detail: Any) -> None:
        self.code = code
        self.detail = detail
        super().__init__(summary)


class LostLease(Exception):
    """Another worker took the submission over; this one stops without a word."""
