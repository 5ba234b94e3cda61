"""Refusals of the catalog."""

from marketplace.core.errors import DomainError, Fault


class NoSuchModel(DomainError):
    """No listing of this name is visible to the caller."""

    code = "catalog.no_such_model"
    status = 404
    title = "No such model"
    message = "There is no model {model!r} here; models are named owner/name."


class NoSuchVersion(DomainError):
    """The listing is there; the version or channel asked for is not."""

    code = "catalog.no_such_version"
    status = 404
    title = "No such version"
    message = "{reason}"


class VersionNotServable(DomainError):
    """The version exists and may not be called; ``pointer`` says where to look instead."""

    code = "catalog.version_not_servable"
    status = 409
    fault = Fault.AUTHOR
    title = "This version may not be called"
    message = "{model} may not be called: {reason}. See {pointer}."


class VersionRetired(VersionNotServable):
    """The author took the version out of service for good."""

    code = "catalog.version_retired"
    status = 410
    title = "This version is retired"


class IllegalTransition(DomainError):
    """A listing or version cannot go from the state it is in to the one asked for."""

    code = "catalog.illegal_transition"
    status = 409
    title = "Not possible in the present state"
    message = "{thing} is {old}; it cannot become {new}."


class ImmutableContent(DomainError):
    """The content of a version or an artifact was about to change."""

    code = "catalog.immutable"
    status = 409
    title = "This never changes"
    message = "{kind} is immutable; {fields} cannot change. Add a new version instead."


class LineageCycle(DomainError):
    """The edge would make a version its own ancestor."""

    code = "catalog.lineage_cycle"
    status = 409
    title = "A model cannot descend from itself"
    message = "{parent} already descends from {child}."


class DerivativesForbidden(DomainError):
    """The base's license does not allow models made from it."""

    code = "catalog.derivatives_forbidden"
    status = 403
    title = "The license allows no derivatives"
    message = "{base} is under {license}, which allows no derived models."
