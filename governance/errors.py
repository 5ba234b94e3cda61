"""Refusals of governance."""

from marketplace.core.errors import DomainError, Fault


class EvaluationFailed(DomainError):
    """The model failed on rows of a suite, so there is no result to sign."""

    code = "governance.evaluation_failed"
    status = 422
    fault = Fault.AUTHOR
    title = "The evaluation could not be completed"
    message = "{suite} stopped at row {row}: {reason}"


class NotReproducible(DomainError):
    """The result depends on the machine's load, so equal outputs cannot be asked for."""

    code = "governance.not_reproducible"
    status = 409
    title = "This result is not one to reproduce"
    message = "{suite} measures this machine's speed; read its newest run instead."
