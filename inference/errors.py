"""Refusals of inference."""

from marketplace.core.errors import DomainError, Fault


class DeploymentPaused(DomainError):
    """The author or the operator stopped calls of the listing for now."""

    code = "inference.paused"
    status = 503
    fault = Fault.AUTHOR
    title = "The model is paused"
    message = "{model} takes no calls at the moment; its author paused it."


class TooManyCalls(DomainError):
    """As many calls run as the deployment takes at once."""

    code = "inference.too_many_calls"
    status = 429
    fault = Fault.PLATFORM
    title = "The model is busy"
    message = "{limit} calls of {model} run already; try again, or send `Prefer: respond-async`."


class AlreadyFinal(DomainError):
    """A finished prediction cannot be canceled."""

    code = "inference.already_final"
    status = 409
    title = "The prediction is finished"
    message = "The prediction is {status}; only one that is starting or processing can be canceled."


class InputGone(DomainError):
    """The body of a prediction was removed, as its organization's data policy asks."""

    code = "inference.input_gone"
    status = 410
    title = "The bodies were removed"
    message = "Input and output were removed on {moment}, as your data policy asks."
