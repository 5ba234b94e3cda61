"""Why a donor's files cannot be used."""

from marketplace.core.errors import DomainError, Fault


class DonorUnavailable(DomainError):
    """The package is not at hand and was not fetched."""

    code = "storefront.donor_unavailable"
    status = 503
    fault = Fault.PLATFORM
    title = "A model package is missing"
    message = "{requirement} is not at hand: {reason}. Where there is a network, type: {command}"


class DonorTampered(DomainError):
    """What was fetched is not what was pinned."""

    code = "storefront.donor_tampered"
    status = 502
    fault = Fault.PLATFORM
    title = "A model package is not what it should be"
    message = "{what} has SHA-256 {found}, not {expected}; nothing of it was used."


class DonorUnreadable(DomainError):
    """The pinned bytes do not hold what the conversion expects."""

    code = "storefront.donor_unreadable"
    status = 502
    fault = Fault.PLATFORM
    title = "A model package cannot be converted"
    message = "{what} cannot be converted: {reason}"
